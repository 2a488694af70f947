// InfographicVQA: free-form questions on infographics, scored by ANLS.
// Prompts, limits, scoring: InternVL eval/vqa/evaluate_vqa.py (April 2024) and VLMEvalKit; protocol/infovqa.md.
#include <algorithm>
#include <stdexcept>

#include "benchmarks/answer_file.h"
#include "benchmarks/benchmark.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "benchmarks/short_answer_scoring.h"
#include "benchmarks/submission.h"
#include "benchmarks/tsv_samples.h"
#include "datasets/jsonl_reader.h"
#include "metrics/infovqa_types.h"

namespace tessera {
namespace {

void ReadTypes(const JsonFields& record, std::string_view field, const std::string& group, Sample& sample) {
  try {
    sample.tags[group] = metrics::QuestionTypeTag(group, Texts(record, field));
  } catch (const std::invalid_argument& error) {
    record.Fail(field, std::string("expected types of the official scorer, found ") + error.what());
  }
}

void ReadAnswersAndTypes(const JsonFields& record, Sample& sample) {
  sample.references = Texts(record, "answers");
  ReadTypes(record, "answer_type", "answer", sample);
  ReadTypes(record, "evidence", "evidence", sample);
  ReadTypes(record, "operation/reasoning", "operation", sample);
}

/// Answers and types are those of the ground truth file, when the source has one.
std::vector<Sample> LoadJsonl(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples = ReadJsonl(folder / source.files.front(), {}, folder);
  for (Sample& sample : samples) sample.split = source.split;
  if (source.files.size() > 1) {
    JoinAnswers(folder / source.files[1], {.records = "data", .id = "questionId", .read = ReadAnswersAndTypes},
                samples);
  }
  return samples;
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  return ReadAnswerListTsv(folder / source.files.front(), source.split);
}

/// ANLS, then its break-down when the data has types.
std::vector<Score> AggregateInternVl(std::span<const SampleScore> scores) {
  std::vector<Score> columns = AnlsScorings().front().aggregate(scores);
  const bool has_types =
      std::any_of(scores.begin(), scores.end(), [](const SampleScore& score) { return score.tags.contains("answer"); });
  if (!has_types) return columns;
  const std::vector<Score> by_type = metrics::MeansByQuestionType(scores);
  columns.insert(columns.end(), by_type.begin(), by_type.end());
  return columns;
}

std::vector<Scoring> Scorings() {
  std::vector<Scoring> scorings = AnlsScorings();
  scorings.front().aggregate = AggregateInternVl;
  return scorings;
}

}  // namespace

const Benchmark& InfoVqa() {
  static const Benchmark kInfoVqa{
      .name = "infovqa",
      .title = "InfographicVQA",
      .about = "questions on infographics, ANLS",
      .data = {{.format = "official",
                .split = "val",
                .files = {"infographicsvqa/val.jsonl", "infographicsvqa/infographicsVQA_val_v1.0_withQT.json"},
                .rows = 2801,
                .pictures = 500,
                .load = LoadJsonl},
               {.format = "official-jsonl",
                .split = "val",
                .files = {"infographicsvqa/val.jsonl"},
                .rows = 2801,
                .pictures = 500,
                .load = LoadJsonl},
               {.format = "vlmevalkit",
                .split = "val",
                .files = {"InfoVQA_VAL.tsv"},
                .md5 = "2342e9c225222f0ef4dec545ebb126fe",
                .rows = 2801,
                .pictures = 500,
                .load = LoadTsv},
               {.format = "official",
                .split = "test",
                .files = {"infographicsvqa/test.jsonl"},
                .rows = 3288,
                .pictures = 579,
                .answers_public = false,
                .load = LoadJsonl,
                .submission_file = "infovqa_test.json",
                .submission = DocVqaSubmission},
               {.format = "vlmevalkit",
                .split = "test",
                .files = {"InfoVQA_TEST.tsv"},
                .md5 = "df535bf51b88dc9718252c34131a6227",
                .rows = 3288,
                .pictures = 579,
                .answers_public = false,
                .load = LoadTsv}},
      .recipes = {InternVlVqaRecipe(24, 100), VlmEvalKit2024Recipe(ShortAnswerLinePrompt, 24),
                  VlmEvalKit2026Recipe(ShortAnswerLinePrompt, 24)},
      .scorings = Scorings(),
      .paper = {{.split = "test",
                 .value = 72.5,
                 .unit = "percent",
                 .source = "arXiv 2404.16821, Table 2; scored by the Robust Reading Competition's server"},
                {.split = "val",
                 .value = 72.35,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 with the InternVL scripts"},
                {.split = "val",
                 .value = 71.920408,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit"}}};
  return kInfoVqa;
}

}  // namespace tessera
