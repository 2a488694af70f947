// ChartQA: questions on charts, scored by relaxed accuracy (numbers within 5 %).
// Prompts, limits, scoring: InternVL eval/vqa/evaluate_vqa.py (April 2024) and VLMEvalKit; protocol/chartqa.md.
#include "benchmarks/benchmark.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "benchmarks/tsv_samples.h"
#include "datasets/jsonl_reader.h"
#include "metrics/mean_percent.h"
#include "metrics/python_literal.h"
#include "metrics/relaxed_accuracy.h"

namespace tessera {
namespace {

constexpr std::string_view kHuman = "test_human";
constexpr std::string_view kAugmented = "test_augmented";

/// `test_human.jsonl` gives the split `test_human`, and so on. Question ids repeat between the files, so the split
/// leads.
std::vector<Sample> LoadJsonl(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples;
  for (const std::string_view file : source.files) {
    const std::filesystem::path path = folder / file;
    for (Sample& sample : ReadJsonl(path, {}, folder)) {
      sample.split = path.stem().string();
      sample.id = sample.split + "/" + sample.id;
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  return ReadTsvSamples(folder / source.files.front(), source.split);
}

SampleScore ScoreAgainst(const Sample& sample, const Reply& reply, std::span<const std::string> references,
                         metrics::RelaxedTarget target) {
  SampleScore score{.sample_id = sample.id, .tags = {{"split", sample.split}}};
  if (reply.answers.empty()) return score;
  score.extracted = reply.answers.back();
  if (!references.empty()) score.value = metrics::RelaxedAccuracy(reply.answers.back(), references, target);
  return score;
}

SampleScore ScoreInternVl(const Sample& sample, const Reply& reply) {
  return ScoreAgainst(sample, reply, sample.references, metrics::RelaxedTarget::kAnswer);
}

/// VLMEvalKit reads a single reference as an answer cell, which may hold a Python list.
SampleScore ScoreCell(const Sample& sample, const Reply& reply, metrics::RelaxedTarget target) {
  if (sample.references.size() != 1) return ScoreAgainst(sample, reply, sample.references, target);
  std::vector<std::string> references;
  for (const auto& answer : metrics::ParseAnswerCell(sample.references.front()).answers) {
    references.push_back(answer.text);
  }
  return ScoreAgainst(sample, reply, references, target);
}

SampleScore ScoreVlmEvalKit2024(const Sample& sample, const Reply& reply) {
  return ScoreCell(sample, reply, metrics::RelaxedTarget::kAnswer);
}

SampleScore ScoreVlmEvalKit2026(const Sample& sample, const Reply& reply) {
  return ScoreCell(sample, reply, metrics::RelaxedTarget::kReference);
}

/// Over the samples of `split`.
Score SplitMean(std::string name, std::span<const SampleScore> scores, std::string_view split) {
  return metrics::MeanPercent(std::move(name), scores,
                              [split](const SampleScore& score) { return score.tags.at("split") == split; });
}

bool IsPresent(const Score& half) { return half.scored + half.unscored > 0; }

/// Says so when only one half of the test set is there.
std::string HeadlineName(const Score& human, const Score& augmented) {
  if (IsPresent(human) && !IsPresent(augmented)) return "relaxed accuracy (human only)";
  if (IsPresent(augmented) && !IsPresent(human)) return "relaxed accuracy (augmented only)";
  return "relaxed accuracy";
}

/// The paper's number is the mean of the two halves, whatever their sizes.
std::vector<Score> AggregateInternVl(std::span<const SampleScore> scores) {
  const Score human = SplitMean("human", scores, kHuman);
  const Score augmented = SplitMean("augmented", scores, kAugmented);
  Score headline{.name = HeadlineName(human, augmented), .unit = "percent"};
  headline.scored = human.scored + augmented.scored;
  headline.unscored = human.unscored + augmented.unscored;
  if (!IsPresent(augmented)) {
    headline.value = human.value;
  } else if (!IsPresent(human)) {
    headline.value = augmented.value;
  } else if (human.value && augmented.value) {
    headline.value = (*human.value + *augmented.value) / 2;
  }
  return {headline, human, augmented};
}

/// VLMEvalKit's Overall is the mean over all rows.
std::vector<Score> AggregateVlmEvalKit(std::span<const SampleScore> scores) {
  const Score human = SplitMean("human", scores, kHuman);
  const Score augmented = SplitMean("augmented", scores, kAugmented);
  return {metrics::MeanPercent(HeadlineName(human, augmented), scores), human, augmented};
}

constexpr std::string_view kTutorial =
    "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 with the InternVL scripts";
constexpr std::string_view kVlmEvalKitTutorial =
    "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit";

}  // namespace

const Benchmark& ChartQa() {
  static const Benchmark kChartQa{
      .name = "chartqa",
      .title = "ChartQA",
      .about = "questions on charts, relaxed accuracy over human and augmented test questions",
      .data = {{.format = "official",
                .split = "test",
                .files = {"test_human.jsonl", "test_augmented.jsonl"},
                .rows = 2500,
                .load = LoadJsonl},
               {.format = "vlmevalkit",
                .split = "test",
                .files = {"ChartQA_TEST.tsv"},
                .md5 = "c902e0aa9be5582a7aad6dcf52734b42",
                .rows = 2500,
                .load = LoadTsv},
               {.format = "official", .split = kHuman, .files = {"test_human.jsonl"}, .rows = 1250, .load = LoadJsonl},
               {.format = "official",
                .split = kAugmented,
                .files = {"test_augmented.jsonl"},
                .rows = 1250,
                .load = LoadJsonl}},
      .recipes = {InternVlVqaRecipe(12, 100), VlmEvalKit2024Recipe(ShortAnswerLinePrompt, 12),
                  VlmEvalKit2026Recipe(ShortAnswerLinePrompt, 12)},
      .scorings = {{.name = "internvl-2024-04",
                    .source = "InternVL eval/vqa/evaluate_vqa.py, evaluate_relaxed_accuracy",
                    .score = ScoreInternVl,
                    .aggregate = AggregateInternVl},
                   {.name = "vlmevalkit-2024-04",
                    .source = "VLMEvalKit vlmeval/evaluate/vqa_eval.py, 2024-04",
                    .score = ScoreVlmEvalKit2024,
                    .aggregate = AggregateVlmEvalKit},
                   {.name = "vlmevalkit-2026-08",
                    .source = "VLMEvalKit vlmeval/dataset/utils/vqa_eval.py, 2026-08",
                    .score = ScoreVlmEvalKit2026,
                    .aggregate = AggregateVlmEvalKit}},
      .paper = {{.split = "test", .value = 83.8, .unit = "percent", .source = "arXiv 2404.16821, Table 2"},
                {.split = kHuman, .value = 73.6, .unit = "percent", .source = kTutorial},
                {.split = kAugmented, .value = 94.08, .unit = "percent", .source = kTutorial},
                {.split = "test", .value = 83.68, .unit = "percent", .source = kVlmEvalKitTutorial}}};
  return kChartQa;
}

}  // namespace tessera
