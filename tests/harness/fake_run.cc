#include "tests/harness/fake_run.h"

#include <stdlib.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/base/files.h"
#include "harness/base/hash.h"
#include "harness/base/strings.h"
#include "harness/journal/record_frame.h"
#include "harness/journal/writer.h"

namespace tessera {
namespace {

std::vector<Sample> Load(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples;
  for (const std::string& line : Split(ReadFile(folder / source.files.front()), '\n')) {
    if (line.empty()) continue;
    const std::vector<std::string> cells = Split(line, '|');
    Sample sample{.id = cells.at(0), .split = "test", .questions = Split(cells.at(2), ';')};
    if (!cells[1].empty()) sample.images.push_back({.file = folder / cells[1]});
    if (!cells.at(3).empty()) sample.references.push_back(cells[3]);
    samples.push_back(sample);
  }
  return samples;
}

std::string MakePrompt(const Sample&, std::string_view question) { return std::string(question) + " Be brief."; }

SampleScore ScoreExact(const Sample& sample, const Reply& reply) {
  if (!sample.references.empty() && sample.references[0] == "throw" && !reply.answers.back().empty()) {
    throw std::invalid_argument("the scoring does not like this sample");
  }
  SampleScore score{.sample_id = sample.id, .extracted = reply.answers.back()};
  score.undecided = reply.answers.back() == "unclear";
  if (!sample.references.empty()) score.value = reply.answers.back() == sample.references.front() ? 1 : 0;
  return score;
}

SampleScore ScoreAllRight(const Sample& sample, const Reply& reply) {
  return {.sample_id = sample.id, .extracted = reply.answers.back(), .value = 1};
}

std::vector<Score> Mean(std::span<const SampleScore> scores) {
  Score mean{.name = "accuracy", .unit = "percent"};
  double sum = 0;
  for (const SampleScore& score : scores) {
    score.value ? ++mean.scored : ++mean.unscored;
    // As circular evaluation does: what is undecided is wrong, whatever its value says.
    if (score.undecided) {
      ++mean.undecided;
    } else {
      sum += score.value.value_or(0);
    }
  }
  if (mean.scored > 0) mean.value = 100 * sum / mean.scored;
  return {mean};
}

std::optional<JudgeRequest> AskGraded(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  if (!reply.judgements.empty() && reply.judgements.back() != "more") return std::nullopt;
  if (!sample.references.empty() && sample.references[0] == "nothing") throw InputError("there is nothing to grade by");
  return JudgeRequest{
      .messages = {{"user", JudgeText(texts, "graded/header", "Is it right?") + "\n" + reply.answers.back()}},
      .max_tokens = 5,
      .temperature = 0.5 * static_cast<double>(reply.judgements.size())};
}

SampleScore ScoreGraded(const Sample& sample, const Reply& reply) {
  SampleScore score{.sample_id = sample.id};
  if (reply.judgements.empty() || reply.judgements.back() == "more") return score;
  score.extracted = reply.judgements.back();
  score.undecided = score.extracted != "yes" && score.extracted != "no";
  score.value = score.extracted == "yes" ? 1 : 0;
  return score;
}

Benchmark MakeBenchmark(std::string_view name, std::string_view file, int max_tiles) {
  return {.name = name,
          .title = name,
          .about = "a benchmark of the tests",
          .data = {{.format = "official", .split = "test", .files = {file}, .load = Load}},
          .recipes = {{.name = "paper",
                       .source = "nowhere",
                       .make_prompt = MakePrompt,
                       .system_message = "Be good.",
                       .max_tiles = max_tiles,
                       .max_new_tokens = 10,
                       .min_new_tokens = 1},
                      {.name = "vlmevalkit",
                       .source = "nowhere else",
                       .make_prompt = MakePrompt,
                       .max_tiles = max_tiles,
                       .max_new_tokens = 20,
                       .pictures_lead = false}},
          .scorings = {{.name = "exact", .source = "nowhere", .score = ScoreExact, .aggregate = Mean},
                       {.name = "all-right", .source = "nowhere", .score = ScoreAllRight, .aggregate = Mean}},
          .paper = {{.split = "test", .value = 50, .unit = "percent", .source = "a paper", .scored = 1}}};
}

}  // namespace

const Benchmark& FakeBenchmark() {
  static const Benchmark kFake = MakeBenchmark("fake", "fake.txt", 12);
  return kFake;
}

const Benchmark& OtherBenchmark() {
  static const Benchmark kOther = MakeBenchmark("other", "other.txt", 2);
  return kOther;
}

const Benchmark& GradedBenchmark() {
  static const std::string kSha256 = Sha256("THE HEADER\nanswer");
  static const Benchmark kGraded = [] {
    Benchmark benchmark = MakeBenchmark("graded", "graded.txt", 2);
    benchmark.scorings = {{.name = "graded",
                           .source = "nowhere",
                           .score = ScoreGraded,
                           .aggregate = Mean,
                           .ask_judge = AskGraded,
                           .published_judge = "judge-1",
                           .judge_texts = {"graded/header"},
                           .judge_checks = {{.reply = {.answers = {"answer"}}, .sha256 = {kSha256}}}},
                          {.name = "exact", .source = "nowhere", .score = ScoreExact, .aggregate = Mean}};
    return benchmark;
  }();
  return kGraded;
}

const Benchmark& FindFake(std::string_view name) {
  if (name == "graded") return GradedBenchmark();
  if (name == "fake") return FakeBenchmark();
  if (name == "other") return OtherBenchmark();
  throw UsageError("no benchmark " + std::string(name));
}

void WriteData(const TempFolder& data, const std::string& name, const std::vector<std::string>& lines) {
  data.Write(name, Join(lines, "\n") + "\n");
  const std::filesystem::path images = std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/golden/model/images";
  const auto copy = [&](const char* from, const char* to) {
    std::filesystem::copy_file(images / from, data.path() / to, std::filesystem::copy_options::skip_existing);
  };
  copy("grey2bit_40x30.png", "a.png");
  copy("noise_96x64.png", "b.png");
  copy("one_1x1.png", "c.png");
  copy("tile_112x112.png", "d.png");
  data.Write("broken.png", "this is no picture");
}

BackendInfo FakeBackend::Info() const {
  return {.name = "fake",
          .device = "cpu",
          .precision = "float32",
          .tile_size = 28,
          .questions_at_once = questions_at_once_};
}

void FakeBackend::Generate(std::span<const Query> batch, const Deliver& deliver) {
  if (on_batch_) on_batch_(batch);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Query& query = batch[i];
    std::string text = query.prompt.turns.back().text;
    text = text.substr(0, text.rfind(" Be brief."));
    if (text.find("fail") != std::string::npos) {
      deliver(i, Failure{.sample_id = query.sample_id, .message = "asked to fail"});
      continue;
    }
    Prediction prediction{.sample_id = query.sample_id,
                          .answer = text.substr(text.rfind(' ') + 1),
                          .prompt_tokens = 7,
                          .new_tokens = 2,
                          .hit_token_limit = text.find("long") != std::string::npos};
    for (const auto& tiles : query.tiles) prediction.tiles += TileCount(tiles->grid);
    deliver(i, std::move(prediction));
  }
}

Judging* NoJudge() {
  static Judging judging({.judge = "none"}, "/nowhere");
  return &judging;
}

RunSettings FakeSettings(const TempFolder& data, const std::filesystem::path& out) {
  return {.backend = {.name = "fake"}, .plan = {.data_folder = data.path()}, .out = out, .threads = 2};
}

RunHooks FakeHooks(std::vector<std::string>* notices) {
  RunHooks hooks;
  hooks.make_backend = [](const BackendSettings&) { return std::make_unique<FakeBackend>(); };
  hooks.find_benchmark = FindFake;
  if (notices != nullptr) hooks.notice = [notices](const std::string& text) { notices->push_back(text); };
  return hooks;
}

std::string JournalWithoutTimes(const std::filesystem::path& run_folder) {
  std::string lines;
  for (const std::string& line : Split(ReadFile(JournalPath(run_folder)), '\n')) {
    if (line.empty()) continue;
    auto json = nlohmann::ordered_json::parse(UnframeRecord(line).value());
    for (const char* key : {"times", "start"}) json.erase(key);
    lines += json.dump() + "\n";
  }
  return lines;
}

std::string ErrorOf(ErrorKind kind, const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind() == kind ? error.what() : std::string("another kind of error: ") + error.what();
  }
  return "no error";
}

}  // namespace tessera
