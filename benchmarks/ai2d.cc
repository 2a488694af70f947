// AI2D: four-choice questions on school-book diagrams, whose labels are masked by letters.
// Prompts, limits, scoring: InternVL eval/vqa/evaluate_vqa.py (April 2024) and VLMEvalKit; protocol/ai2d.md.
#include "benchmarks/benchmark.h"
#include "benchmarks/choice_scoring.h"
#include "benchmarks/complete_prompt.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "datasets/jsonl_reader.h"
#include "metrics/exact_match.h"
#include "metrics/mean_percent.h"

namespace tessera {
namespace {

std::vector<Sample> LoadJsonl(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  std::vector<Sample> samples = ReadJsonl(file, {}, file.parent_path());
  for (Sample& sample : samples) {
    sample.split = source.split;
    SplitCompletePrompt(sample);
  }
  return samples;
}

SampleScore ScoreExactMatch(const Sample& sample, const Reply& reply) {
  SampleScore score{.sample_id = sample.id, .tags = {{"split", sample.split}}};
  if (reply.answers.empty()) return score;
  score.extracted = reply.answers.back();
  if (!sample.references.empty()) score.value = metrics::ExactMatch(reply.answers.back(), sample.references);
  return score;
}

std::vector<Score> AggregateExactMatch(std::span<const SampleScore> scores) {
  return {metrics::MeanPercent("exact match", scores)};
}

std::vector<Scoring> Scorings() {
  std::vector<Scoring> scorings = ChoiceScorings();
  scorings.insert(scorings.begin(), {.name = "internvl-2024-04",
                                     .source = "InternVL eval/vqa/evaluate_vqa.py, evaluate_exact_match_accuracy",
                                     .score = ScoreExactMatch,
                                     .aggregate = AggregateExactMatch});
  return scorings;
}

DataSource Official(std::string_view file) {
  return {.format = "official", .split = "test", .files = {file}, .rows = 3088, .pictures = 3088, .load = LoadJsonl};
}

}  // namespace

const Benchmark& Ai2d() {
  static const Benchmark kAi2d{
      .name = "ai2d",
      .title = "AI2D",
      .about = "four-choice questions on school-book diagrams with masked labels",
      .data = {Official("ai2diagram/test_vlmevalkit.jsonl"),
               Official("test_vlmevalkit.jsonl"),
               {.format = "vlmevalkit",
                .split = "test",
                .files = {"AI2D_TEST.tsv"},
                .md5 = "0f593e0d1c7df9a3d69bf1f947e71975",
                .rows = 3088,
                .pictures = 3088,
                .load = LoadChoiceTsv},
               {.format = "vlmevalkit",
                .split = "test-no-mask",
                .files = {"AI2D_TEST_NO_MASK.tsv"},
                .md5 = "fd8f463634d4fe9fbd23b876e8eea5be",
                .rows = 3088,
                .pictures = 3088,
                .load = LoadChoiceTsv}},
      .recipes = {{.name = "paper",
                   .source = "InternVL eval/vqa/evaluate_vqa.py, April 2024",
                   .make_prompt = CompletePrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 10,
                   .min_new_tokens = 1},
                  VlmEvalKit2024Recipe(ChoicePromptUnlessComplete, 6),
                  VlmEvalKit2026Recipe(ChoicePromptUnlessComplete, 6)},
      .scorings = Scorings(),
      .paper = {{.split = "test", .value = 80.7, .unit = "percent", .source = "arXiv 2404.16821, Table 2"},
                {.split = "test",
                 .value = 80.73186528497409,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 with the InternVL scripts"},
                {.split = "test",
                 .value = 80.6995,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit"}}};
  return kAi2d;
}

}  // namespace tessera
