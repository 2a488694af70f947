// Benchmarks for the user's own questions: free-form, multiple choice, yes/no. Prompts and scoring are those that the
// published benchmarks of the kind share; there is no paper to compare with.
#include <fmt/format.h>

#include <algorithm>

#include "benchmarks/benchmark.h"
#include "benchmarks/choice_scoring.h"
#include "benchmarks/prompts.h"
#include "benchmarks/sample_fields.h"
#include "benchmarks/tsv_samples.h"
#include "datasets/jsonl_reader.h"
#include "harness/base/error.h"
#include "metrics/anls.h"
#include "metrics/exact_match.h"
#include "metrics/mean_percent.h"
#include "metrics/relaxed_accuracy.h"
#include "metrics/yes_no.h"

namespace tessera {
namespace {

constexpr std::string_view kSource = "this tool";

std::filesystem::path FileOf(const std::filesystem::path& folder, const DataSource& source) {
  return folder / source.files.front();
}

bool IsTsv(const DataSource& source) { return source.files.front().ends_with(".tsv"); }

/// Nothing is dropped and no cell is reinterpreted: these files have no published reading to agree with.
std::vector<Sample> Read(const std::filesystem::path& folder, const DataSource& source, std::string_view choices) {
  const std::filesystem::path file = FileOf(folder, source);
  if (IsTsv(source)) return ReadTsvSamples(file, source.split, RowsWithoutPicture::kError, TsvCells::kAsWritten);
  std::vector<Sample> samples = ReadJsonl(file, {.id = "id", .choices = choices, .tag = "category"}, folder);
  for (Sample& sample : samples) sample.split = source.split;
  return samples;
}

[[noreturn]] void Fail(const std::filesystem::path& file, const Sample& sample, std::string_view what) {
  throw InputError(fmt::format("{}: sample {}: {}", file.string(), sample.id, what));
}

std::vector<Sample> LoadVqa(const std::filesystem::path& folder, const DataSource& source) {
  return Read(folder, source, "");
}

std::vector<Sample> LoadMcq(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples = Read(folder, source, "choices");
  for (const Sample& sample : samples) {
    const std::filesystem::path file = FileOf(folder, source);
    if (sample.choices.empty()) Fail(file, sample, "expected options, found none");
    if (sample.references.size() > 1) Fail(file, sample, "expected one answer, found several");
    if (sample.references.empty()) continue;
    const std::string& letter = sample.references.front();
    const bool offered =
        std::ranges::any_of(sample.choices, [&](const Choice& choice) { return choice.letter == letter; });
    if (!offered) Fail(file, sample, fmt::format("expected the letter of an option as answer, found \"{}\"", letter));
  }
  return samples;
}

/// The reference as "Yes" or "No".
std::vector<Sample> LoadYesNo(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples = Read(folder, source, "");
  for (Sample& sample : samples) {
    for (std::string& reference : sample.references) {
      if (reference == "yes") reference = "Yes";
      if (reference == "no") reference = "No";
      if (reference != "Yes" && reference != "No") {
        Fail(FileOf(folder, source), sample, fmt::format("expected the answer Yes or No, found \"{}\"", reference));
      }
    }
    if (sample.references.size() > 1) Fail(FileOf(folder, source), sample, "expected one answer, found several");
  }
  return samples;
}

std::string YesNoPrompt(const Sample&, std::string_view question) {
  return fmt::format("{} Please answer yes or no.", question);
}

SampleScore Unscored(const Sample& sample) {
  SampleScore score{.sample_id = sample.id};
  KeepTags(sample, {"category"}, &score);
  return score;
}

using AnswerMetric = double (*)(std::string_view answer, std::span<const std::string> references);

SampleScore ScoreWith(AnswerMetric metric, const Sample& sample, const Reply& reply) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  score.extracted = reply.answers.back();
  if (!sample.references.empty()) score.value = metric(score.extracted, sample.references);
  return score;
}

SampleScore ScoreExact(const Sample& sample, const Reply& reply) {
  return ScoreWith(metrics::ExactMatch, sample, reply);
}

SampleScore ScoreRelaxed(const Sample& sample, const Reply& reply) {
  const AnswerMetric metric = [](std::string_view answer, std::span<const std::string> references) {
    return metrics::RelaxedAccuracy(answer, references, metrics::RelaxedTarget::kReference);
  };
  return ScoreWith(metric, sample, reply);
}

SampleScore ScoreAnls(const Sample& sample, const Reply& reply) {
  const AnswerMetric metric = [](std::string_view answer, std::span<const std::string> references) {
    return metrics::Anls(answer, references);
  };
  return ScoreWith(metric, sample, reply);
}

SampleScore ScoreYesNo(const Sample& sample, const Reply& reply) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  const metrics::YesNo said = metrics::ExtractYesNo(reply.answers.back(), metrics::PeriodRule::kBesideNoDigit);
  score.extracted = said == metrics::YesNo::kYes ? "Yes" : said == metrics::YesNo::kNo ? "No" : "";
  if (sample.references.empty()) return score;
  score.undecided = said == metrics::YesNo::kOther;
  score.value = score.extracted == sample.references.front() ? 1 : 0;
  return score;
}

/// The mean over all samples, then over those of each category.
std::vector<Score> MeanByCategory(std::span<const SampleScore> scores) {
  std::vector<Score> means = {metrics::MeanPercent("accuracy", scores)};
  for (Score& category : metrics::MeanPercentByTag(scores, "category")) means.push_back(std::move(category));
  return means;
}

using Loader = std::vector<Sample> (*)(const std::filesystem::path& folder, const DataSource& source);

std::vector<DataSource> OwnFiles(std::string_view tsv, std::string_view jsonl, Loader load) {
  return {{.format = "tsv", .split = "own", .files = {tsv}, .load = load},
          {.format = "jsonl", .split = "own", .files = {jsonl}, .load = load}};
}

std::vector<Recipe> OwnRecipe(std::string (*make_prompt)(const Sample&, std::string_view)) {
  return {{.name = "default",
           .source = kSource,
           .make_prompt = make_prompt,
           .system_message = kAprilSystemMessage,
           .max_tiles = 12,
           .max_new_tokens = 100,
           .min_new_tokens = 1}};
}

}  // namespace

const Benchmark& OwnVqa() {
  static const Benchmark kOwnVqa{
      .name = "vqa",
      .title = "own questions",
      .about = "your own questions with short answers, from vqa.tsv or vqa.jsonl",
      .data = OwnFiles("vqa.tsv", "vqa.jsonl", LoadVqa),
      .recipes = OwnRecipe(ShortAnswerPrompt),
      .scorings = {{.name = "exact", .source = kSource, .score = ScoreExact, .aggregate = MeanByCategory},
                   {.name = "relaxed", .source = kSource, .score = ScoreRelaxed, .aggregate = MeanByCategory},
                   {.name = "anls", .source = kSource, .score = ScoreAnls, .aggregate = MeanByCategory}}};
  return kOwnVqa;
}

const Benchmark& OwnMcq() {
  static const Benchmark kOwnMcq{.name = "mcq",
                                 .title = "own multiple choice",
                                 .about = "your own questions with lettered options, from mcq.tsv or mcq.jsonl",
                                 .data = OwnFiles("mcq.tsv", "mcq.jsonl", LoadMcq),
                                 .recipes = OwnRecipe(VlmEvalKitChoicePrompt),
                                 .scorings = ChoiceScorings()};
  return kOwnMcq;
}

const Benchmark& OwnYesNo() {
  static const Benchmark kOwnYesNo{
      .name = "yesno",
      .title = "own yes/no",
      .about = "your own questions to be answered by yes or no, from yesno.tsv or yesno.jsonl",
      .data = OwnFiles("yesno.tsv", "yesno.jsonl", LoadYesNo),
      .recipes = OwnRecipe(YesNoPrompt),
      .scorings = {{.name = "yes-no", .source = kSource, .score = ScoreYesNo, .aggregate = MeanByCategory}}};
  return kOwnYesNo;
}

}  // namespace tessera
