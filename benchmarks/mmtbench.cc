// MMT-Bench: multiple choice over 162 subtasks in 32 meta-tasks, up to nine options, each question asked once.
// Prompts, limits, scoring: the authors' fork of VLMEvalKit (April 2024) and VLMEvalKit; protocol/mmtbench.md.
#include <fmt/format.h>

#include "benchmarks/benchmark.h"
#include "benchmarks/choice_scoring.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "benchmarks/sample_fields.h"
#include "harness/base/error.h"
#include "metrics/mmt_bench.h"

namespace tessera {
namespace {

using metrics::MetaTaskMean;

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples = LoadChoiceTsv(folder, source);
  for (const Sample& sample : samples) {
    const std::string where = fmt::format("{}: sample {}", (folder / source.files.front()).string(), sample.id);
    for (const char* column : {"category", "l2-category"}) {
      if (!sample.tags.contains(column)) throw InputError(fmt::format("{}: no \"{}\"", where, column));
    }
    if (sample.references.empty()) continue;  // the answers are hidden
    const std::string& answer = sample.references.front();
    if (answer.size() == 1 && answer >= "A" && answer <= "I") continue;
    throw InputError(fmt::format("{}: field \"answer\": expected a letter from A to I, found \"{}\"", where, answer));
  }
  return samples;
}

/// The code of April 2024 marked each of several pictures after the instruction, and showed the first one only.
std::string PaperPrompt(const Sample& sample, std::string_view question) {
  std::string prompt = VlmEvalKitChoicePrompt(sample, question);
  if (sample.images.size() < 2) return prompt;
  for (std::size_t i = 0; i < sample.images.size(); ++i) prompt += "\n<image>";
  return prompt;
}

std::vector<PictureUse> FirstPictureAsJpeg(const Sample& sample, int max_tiles) {
  std::vector<PictureUse> uses = PicturesAsJpeg(sample, max_tiles);
  if (uses.size() > 1) uses.resize(1);
  return uses;
}

Score Percent(std::string name, Score score) {
  score.name = std::move(name);
  score.unit = "percent";
  if (score.value) *score.value *= 100;
  return score;
}

std::vector<SampleScore> WithoutRecognition(std::span<const SampleScore> scores) {
  std::vector<SampleScore> others(scores.begin(), scores.end());
  std::erase_if(others,
                [](const SampleScore& score) { return TagOf(score.tags, "l2-category") == "visual_recognition"; });
  return others;
}

/// Mean over all questions.
Score Overall(const std::string& name, std::span<const SampleScore> scores) {
  const auto table = metrics::MmtTable(scores, MetaTaskMean::kOfQuestions);
  return table.empty() ? Score{.name = name, .unit = "percent"} : Percent(name, table.back().columns.front());
}

/// The two readings of "overall", each also without visual recognition; meta-tasks and subtasks over all splits; then
/// the splits, when there are several.
std::vector<Score> Aggregate(std::span<const SampleScore> scores, MetaTaskMean mean) {
  const std::vector<SampleScore> others = WithoutRecognition(scores);
  std::vector<Score> columns = {
      Overall("Overall", scores), Overall("Overall without visual recognition", others),
      Percent("mean of subtasks", metrics::MmtMeanOfSubtasks("", scores)),
      Percent("mean of subtasks without visual recognition", metrics::MmtMeanOfSubtasks("", others))};
  const auto table = metrics::MmtTable(scores, mean);
  if (table.empty()) return columns;
  const std::vector<Score>& all = table.back().columns;
  for (std::size_t i = 1; i < all.size(); ++i) columns.push_back(Percent(all[i].name, all[i]));
  for (std::size_t i = 0; table.size() > 2 && i + 1 < table.size(); ++i) {
    columns.push_back(Percent(table[i].split + ": Overall", table[i].columns.front()));
  }
  return columns;
}

std::vector<Score> AggregateAuthors(std::span<const SampleScore> scores) {
  return Aggregate(scores, MetaTaskMean::kOfQuestions);
}

std::vector<Score> Aggregate2026(std::span<const SampleScore> scores) {
  return Aggregate(scores, MetaTaskMean::kOfSubtasks);
}

std::vector<Scoring> Scorings() {
  std::vector<Scoring> scorings = ChoiceScorings();
  scorings[0].name = "authors-2024-04";
  scorings[0].source = "MMT-Bench's release of 2024-04-28, a fork of VLMEvalKit 2024-04, without a judge";
  scorings[0].aggregate = AggregateAuthors;
  scorings[1].aggregate = Aggregate2026;
  return scorings;
}

DataSource Tsv(std::string_view split, std::string_view file, std::string_view md5, int rows = 0) {
  return {.format = "vlmevalkit",
          .split = split,
          .files = {file},
          .md5 = md5,
          .rows = rows,
          .answers_public = split.starts_with("val"),  // EvalAI's server scores the rest
          .load = LoadTsv};
}

constexpr std::string_view kOverall = "arXiv 2404.16821, Table 3, overall";
constexpr std::string_view kWithoutRecognition = "arXiv 2404.16821, Table 3, overall without visual recognition";

}  // namespace

const Benchmark& MmtBench() {
  static const Benchmark kMmtBench{
      .name = "mmtbench",
      .title = "MMT-Bench",
      .about = "multiple choice over 162 subtasks, with and without visual recognition",
      .data = {Tsv("all", "MMT-Bench_ALL.tsv", "b273a2f4c596fe4f2605de0494cd632f", 31325),
               Tsv("val", "MMT-Bench_VAL.tsv", "8dd4b730f53dbf9c3aed90ca31c928e0"),
               Tsv("test", "MMT-Bench_TEST.tsv", "cc5ee58196ef4284d67c92cf35029bfd"),
               Tsv("all-multi-image", "MMT-Bench_ALL_MI.tsv", "5272157097e19cdd7cb41e412ab3b7c7", 31325),
               Tsv("val-multi-image", "MMT-Bench_VAL_MI.tsv", "c7d7b998eb5cd9aa36c7d4f721472462")},
      .recipes = {{.name = "paper",
                   .source = "VLMEvalKit vlmeval/vlm/internvl_chat.py, 2024-04, as the MMT-Bench authors' fork has it; "
                             "the tile limit is not published, this is that code's default",
                   .make_prompt = PaperPrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 1024,
                   .choose_pictures = FirstPictureAsJpeg},
                  VlmEvalKit2026Recipe(VlmEvalKitChoicePrompt, 6)},
      .scorings = Scorings(),
      .paper = {{.split = "all", .value = 59.0, .unit = "percent", .source = kOverall},
                {.split = "all", .value = 56.2, .unit = "percent", .source = kWithoutRecognition}}};
  return kMmtBench;
}

}  // namespace tessera
