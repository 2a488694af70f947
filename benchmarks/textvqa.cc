// TextVQA: questions on text in photographs, scored by VQA accuracy over ten human answers.
// Prompts, limits, scoring: InternVL eval/vqa/evaluate_vqa.py (April 2024) and VLMEvalKit; protocol/textvqa.md.
#include "benchmarks/answer_file.h"
#include "benchmarks/benchmark.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "benchmarks/short_answer_scoring.h"
#include "benchmarks/tsv_samples.h"
#include "datasets/jsonl_reader.h"
#include "metrics/mean_percent.h"
#include "metrics/vqa_accuracy.h"

namespace tessera {
namespace {

using metrics::VqaRules;

constexpr const char* kVqaAccuracy = "VQA accuracy";
constexpr std::size_t kOfficialReferences = 10;  // InternVL's script asserts that there are as many

void ReadAnswers(const JsonFields& record, Sample& sample) {
  sample.references.clear();
  for (const Json& answer : record.Array("answers")) {
    if (!answer.is_object() || !answer.contains("answer") || !answer["answer"].is_string()) {
      record.Fail("answers", "expected objects with a text \"answer\", found one that is " + Describe(answer));
    }
    sample.references.push_back(answer["answer"].get<std::string>());
  }
}

std::vector<Sample> LoadOfficial(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples = ReadJsonl(folder / source.files[0], {}, folder);
  for (Sample& sample : samples) sample.split = source.split;
  JoinAnswers(folder / source.files[1], {.records = "annotations", .id = "question_id", .read = ReadAnswers}, samples);
  return samples;
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  return ReadAnswerListTsv(folder / source.files.front(), source.split);
}

SampleScore ScoreByRules(const Sample& sample, const Reply& reply, VqaRules rules) {
  SampleScore score = UnscoredShortAnswer(sample);
  if (reply.answers.empty()) return score;
  score.extracted = metrics::NormaliseVqaAnswer(reply.answers.back(), rules);
  const bool scorable =
      rules == VqaRules::kInternVl ? sample.references.size() == kOfficialReferences : !sample.references.empty();
  if (!scorable) return score;
  std::vector<std::string> references;
  for (const std::string& reference : sample.references) {
    references.push_back(metrics::NormaliseVqaAnswer(reference, rules));
  }
  score.value = metrics::VqaAccuracy(score.extracted, references);
  return score;
}

SampleScore ScoreInternVl(const Sample& sample, const Reply& reply) {
  return ScoreByRules(sample, reply, VqaRules::kInternVl);
}

SampleScore ScoreVlmEvalKit2024(const Sample& sample, const Reply& reply) {
  return ScoreByRules(sample, reply, VqaRules::kVlmEvalKit2024);
}

SampleScore ScoreVlmEvalKit2026(const Sample& sample, const Reply& reply) {
  return ScoreByRules(sample, reply, VqaRules::kVlmEvalKit2026);
}

std::vector<Score> AggregateInternVl(std::span<const SampleScore> scores) {
  return {metrics::MeanPercent(kVqaAccuracy, scores)};
}

std::vector<Score> AggregateVlmEvalKit(std::span<const SampleScore> scores) {
  return VlmEvalKitMeans(kVqaAccuracy, scores);
}

DataSource Official(std::string_view split, std::string_view questions, std::string_view annotations) {
  return {.format = "official",
          .split = split,
          .files = {questions, annotations},
          .rows = 5000,
          .pictures = 3166,
          .load = LoadOfficial};
}

}  // namespace

const Benchmark& TextVqa() {
  static const Benchmark kTextVqa{
      .name = "textvqa",
      .title = "TextVQA",
      .about = "questions on text in photographs, VQA accuracy over ten human answers",
      .data = {Official("val", "textvqa/textvqa_val.jsonl", "textvqa/textvqa_val_annotations.json"),
               Official("val", "textvqa_val.jsonl", "textvqa_val_annotations.json"),
               {.format = "vlmevalkit",
                .split = "val",
                .files = {"TextVQA_VAL.tsv"},
                .md5 = "b233b31f551bbf4056f2f955da3a92cd",
                .rows = 5000,
                .pictures = 3166,
                .load = LoadTsv},
               // The questions hold the tokens that an OCR system found; the paper's number is without them.
               Official("val-ocr", "textvqa/textvqa_val_llava.jsonl", "textvqa/textvqa_val_annotations.json"),
               Official("val-ocr", "textvqa_val_llava.jsonl", "textvqa_val_annotations.json")},
      .recipes = {InternVlVqaRecipe(24, 10), VlmEvalKit2024Recipe(ShortAnswerLinePrompt, 6),
                  VlmEvalKit2026Recipe(ShortAnswerLinePrompt, 6)},
      .scorings = {{.name = "internvl-2024-04",
                    .source = "InternVL eval/vqa/textvqa_eval.py, TextVQAAccuracyEvaluator",
                    .score = ScoreInternVl,
                    .aggregate = AggregateInternVl},
                   {.name = "vlmevalkit-2024-04",
                    .source = "VLMEvalKit vlmeval/evaluate/vqa_eval.py, 2024-04, method vqa_score",
                    .score = ScoreVlmEvalKit2024,
                    .aggregate = AggregateVlmEvalKit},
                   {.name = "vlmevalkit-2026-08",
                    .source = "VLMEvalKit vlmeval/dataset/utils/vqa_eval.py, 2026-08, method vqa_score",
                    .score = ScoreVlmEvalKit2026,
                    .aggregate = AggregateVlmEvalKit}},
      .paper = {{.split = "val", .value = 80.6, .unit = "percent", .source = "arXiv 2404.16821, Table 2"},
                {.split = "val",
                 .value = 80.61000000000043,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 with the InternVL scripts"},
                {.split = "val",
                 .value = 80.488,
                 .unit = "percent",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit"}}};
  return kTextVqa;
}

}  // namespace tessera
