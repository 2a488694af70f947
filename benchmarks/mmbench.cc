// MMBench-EN and MMBench-CN: multiple choice with circular evaluation.
// Prompts, limits, scoring: InternVL eval/mmbench/evaluate_mmbench.py (April 2024) and VLMEvalKit; protocol/mmbench.md.
#include <fmt/format.h>

#include <charconv>
#include <cstdint>

#include "benchmarks/benchmark.h"
#include "benchmarks/prompts.h"
#include "benchmarks/tsv_samples.h"
#include "harness/base/error.h"
#include "metrics/circular.h"
#include "metrics/option_match.h"

namespace tessera {
namespace {

using metrics::MatcherVersion;

constexpr std::int64_t kRotation = 1'000'000;  // rotated rows have index + k * 1000000

std::optional<std::int64_t> ParseIndex(const std::string& text) {
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || index < 0) return std::nullopt;
  return index;
}

/// The index of the row whose options were not rotated. VLMEvalKit of 2026 takes a `g_index` column when there is one.
std::string MainIndex(const Sample& sample, MatcherVersion version) {
  if (version == MatcherVersion::kAugust2026) {
    if (const auto tag = sample.tags.find("g_index"); tag != sample.tags.end()) return tag->second;
  }
  return std::to_string(*ParseIndex(sample.id) % kRotation);
}

std::vector<Sample> Load(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  std::vector<Sample> samples = ReadTsvSamples(file, source.split);
  for (const Sample& sample : samples) {
    for (const std::string& index : {sample.id, MainIndex(sample, MatcherVersion::kAugust2026)}) {
      if (ParseIndex(index)) continue;
      throw InputError(fmt::format("{}: sample {}: expected an index that is a whole number, found \"{}\"",
                                   file.string(), sample.id, index));
    }
  }
  return samples;
}

/// The official script offers A to E. It takes the instruction's language from the data set, not from the row.
std::string PaperPromptEnglish(const Sample& sample, std::string_view question) {
  return QuestionWithChoices(sample, question, "E") + "\n" + std::string(kLetterOnly);
}

std::string PaperPromptChinese(const Sample& sample, std::string_view question) {
  return QuestionWithChoices(sample, question, "E") + "\n" + std::string(kLetterOnlyChinese);
}

SampleScore ScoreWith(const Sample& sample, const Reply& reply, MatcherVersion version) {
  SampleScore score{.sample_id = sample.id, .group = MainIndex(sample, version), .tags = {{"split", sample.split}}};
  for (const char* name : {"category", "l2-category"}) {
    if (const auto tag = sample.tags.find(name); tag != sample.tags.end()) score.tags.insert(*tag);
  }
  if (reply.answers.empty()) return score;
  std::vector<metrics::Option> options;
  for (const Choice& choice : sample.choices) options.push_back({choice.letter, choice.text});
  const std::optional<std::string> option = metrics::InferOption(reply.answers.back(), options, version);
  score.extracted = option.value_or("");
  if (sample.references.empty()) return score;  // a test split
  score.undecided = !option;
  score.value = option == sample.references.front() ? 1 : 0;
  return score;
}

SampleScore Score2024(const Sample& sample, const Reply& reply) {
  return ScoreWith(sample, reply, MatcherVersion::kApril2024);
}

SampleScore Score2026(const Sample& sample, const Reply& reply) {
  return ScoreWith(sample, reply, MatcherVersion::kAugust2026);
}

/// The reference's accuracy table in percent. The split leads the names only when the file mixes splits.
std::vector<Score> Aggregate(std::span<const SampleScore> scores) {
  const auto table = metrics::AccuracyTable(metrics::CircularGroups(scores));
  std::vector<Score> columns;
  for (const metrics::SplitAccuracy& split : table) {
    for (Score column : split.columns) {
      if (table.size() > 1) column.name = split.split + ": " + column.name;
      if (column.value) *column.value *= 100;
      column.unit = "percent";
      columns.push_back(std::move(column));
    }
  }
  if (columns.empty()) columns.push_back({.name = "Overall", .unit = "percent"});
  return columns;
}

DataSource Tsv(std::string_view format, std::string_view split, std::string_view file, std::string_view md5 = "",
               int rows = 0) {
  return {.format = format, .split = split, .files = {file}, .md5 = md5, .rows = rows, .load = Load};
}

std::vector<Recipe> Recipes(std::string (*paper_prompt)(const Sample&, std::string_view)) {
  return {{.name = "paper",
           .source = "InternVL eval/mmbench/evaluate_mmbench.py, April 2024",
           .make_prompt = paper_prompt,
           .system_message = kAprilSystemMessage,
           .max_tiles = 6,
           .max_new_tokens = 100,
           .min_new_tokens = 1},
          {.name = "vlmevalkit",
           .source = "VLMEvalKit vlmeval/vlm/internvl_chat.py, 2024-04",
           .make_prompt = VlmEvalKitChoicePrompt,
           .system_message = kAprilSystemMessage,
           .max_tiles = 6,
           .max_new_tokens = 1024},
          {.name = "vlmevalkit-2026-08",
           .source = "VLMEvalKit vlmeval/vlm/internvl/internvl_chat.py, 2026-08",
           .make_prompt = VlmEvalKitChoicePrompt,
           .system_message = kAprilSystemMessage,
           .max_tiles = 6,
           .max_new_tokens = 4096}};
}

std::vector<Scoring> Scorings() {
  return {
      {.name = "vlmevalkit-2024-04",
       .source = "VLMEvalKit vlmeval/evaluate/multiple_choice.py, 2024-04, circular evaluation without a judge",
       .score = Score2024,
       .aggregate = Aggregate},
      {.name = "vlmevalkit-2026-08",
       .source = "VLMEvalKit vlmeval/dataset/utils/multiple_choice.py, 2026-08, circular evaluation without a judge",
       .score = Score2026,
       .aggregate = Aggregate}};
}

constexpr std::string_view kPaper = "arXiv 2404.16821, Table 2; equals the MMBench server's result for the authors";
constexpr std::string_view kTutorial =
    "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit";

}  // namespace

const Benchmark& MmBenchEn() {
  static const Benchmark kMmBenchEn{
      .name = "mmbench-en",
      .title = "MMBench-EN",
      .about = "multiple choice over 20 abilities in English, circular evaluation",
      .data = {Tsv("official", "dev", "mmbench_dev_20230712.tsv"),
               Tsv("official", "dev", "mmbench_dev_en_20231003.tsv"),
               Tsv("vlmevalkit", "dev", "MMBench_DEV_EN.tsv", "b6caf1133a01c6bb705cf753bb527ed8"),
               Tsv("official", "test", "mmbench_test_en_20231003.tsv"),
               Tsv("vlmevalkit", "test", "MMBench_TEST_EN.tsv", "6939fadb0ce626fefc0bdc9c64efc528"),
               Tsv("opencompass-sample", "sample", "MMBench_EN_sample.tsv", "", 10)},
      .recipes = Recipes(PaperPromptEnglish),
      .scorings = Scorings(),
      .paper = {{.split = "test", .value = 82.2, .unit = "percent", .source = kPaper},
                {.split = "dev", .value = 80.8419, .unit = "percent", .source = kTutorial}}};
  return kMmBenchEn;
}

const Benchmark& MmBenchCn() {
  static const Benchmark kMmBenchCn{
      .name = "mmbench-cn",
      .title = "MMBench-CN",
      .about = "multiple choice over 20 abilities in Chinese, circular evaluation",
      .data = {Tsv("official", "dev", "mmbench_dev_cn_20231003.tsv"),
               Tsv("vlmevalkit", "dev", "MMBench_DEV_CN.tsv", "08b8fc3324a5ed74155350f57be69fbd"),
               Tsv("official", "test", "mmbench_test_cn_20231003.tsv"),
               Tsv("vlmevalkit", "test", "MMBench_TEST_CN.tsv", "7e1239baf0ee4c8b513e19705a0f317e"),
               Tsv("opencompass-sample", "sample", "MMBench_CN_sample.tsv", "", 10)},
      .recipes = Recipes(PaperPromptChinese),
      .scorings = Scorings(),
      .paper = {{.split = "test", .value = 82.0, .unit = "percent", .source = kPaper},
                {.split = "dev", .value = 80.3265, .unit = "percent", .source = kTutorial}}};
  return kMmBenchCn;
}

}  // namespace tessera
