// DocVQA: free-form questions on scanned pages, scored by ANLS.
// Prompts, limits, scoring: InternVL eval/vqa/evaluate_vqa.py (April 2024) and VLMEvalKit; protocol/docvqa.md.
#include "benchmarks/answer_file.h"
#include "benchmarks/benchmark.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "benchmarks/short_answer_scoring.h"
#include "benchmarks/submission.h"
#include "benchmarks/tsv_samples.h"
#include "datasets/jsonl_reader.h"

namespace tessera {
namespace {

void ReadAnswers(const JsonFields& record, Sample& sample) { sample.references = Texts(record, "answers"); }

/// The answers are those of the ground truth file, when the source has one.
std::vector<Sample> LoadJsonl(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples = ReadJsonl(folder / source.files.front(), {}, folder);
  for (Sample& sample : samples) sample.split = source.split;
  if (source.files.size() > 1) {
    JoinAnswers(folder / source.files[1], {.records = "data", .id = "questionId", .read = ReadAnswers}, samples);
  }
  return samples;
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  return ReadAnswerListTsv(folder / source.files.front(), source.split);
}

DataSource Val(std::string_view format, std::vector<std::string_view> files) {
  return {
      .format = format, .split = "val", .files = std::move(files), .rows = 5349, .pictures = 1286, .load = LoadJsonl};
}

}  // namespace

const Benchmark& DocVqa() {
  static const Benchmark kDocVqa{
      .name = "docvqa",
      .title = "DocVQA",
      .about = "questions on scanned pages, ANLS",
      .data = {Val("official", {"docvqa/val.jsonl", "docvqa/val/val_v1.0.json"}),
               Val("official-withqt", {"docvqa/val.jsonl", "docvqa/val/val_v1.0_withQT.json"}),
               Val("official-jsonl", {"docvqa/val.jsonl"}),
               {.format = "vlmevalkit",
                .split = "val",
                .files = {"DocVQA_VAL.tsv"},
                .md5 = "d5ee77e1926ff10690d469c56b73eabf",
                .rows = 5349,
                .pictures = 1286,
                .load = LoadTsv},
               {.format = "official",
                .split = "test",
                .files = {"docvqa/test.jsonl"},
                .rows = 5188,
                .pictures = 1287,
                .answers_public = false,
                .load = LoadJsonl,
                .submission_file = "docvqa_test.json",
                .submission = DocVqaSubmission},
               {.format = "vlmevalkit",
                .split = "test",
                .files = {"DocVQA_TEST.tsv"},
                .md5 = "6a2f28cac26ef2d3447374e8c6f6c8e9",
                .rows = 5188,
                .pictures = 1287,
                .answers_public = false,
                .load = LoadTsv}},
      .recipes = {InternVlVqaRecipe(18, 100), VlmEvalKit2024Recipe(ShortAnswerLinePrompt, 12),
                  VlmEvalKit2026Recipe(ShortAnswerLinePrompt, 18)},
      .scorings = AnlsScorings(),
      .paper = {{.split = "test",
                 .value = 90.9,
                 .unit = "percent",
                 .source = "arXiv 2404.16821, Table 2; scored by the Robust Reading Competition's server"},
                {.split = "val",
                 .value = 90.49,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 with the InternVL scripts"},
                {.split = "val",
                 .value = 90.500323,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit"}}};
  return kDocVqa;
}

}  // namespace tessera
