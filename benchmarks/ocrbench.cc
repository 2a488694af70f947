// OCRBench: 1000 questions on text in pictures, one point for each answer that holds a reference.
// Prompts, limits, scoring: VLMEvalKit (April 2024), which made the paper's number; protocol/ocrbench.md.
#include "metrics/ocrbench.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "benchmarks/benchmark.h"
#include "benchmarks/json_records.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "benchmarks/tsv_samples.h"
#include "harness/base/error.h"
#include "metrics/python_literal.h"

namespace tessera {
namespace {

constexpr std::string_view kTextRecognition = "Text Recognition";
constexpr std::string_view kFormula = "Handwritten Mathematical Expression Recognition";
constexpr std::array<std::string_view, 6> kTextRecognitionCategories = {
    "Regular Text Recognition", "Irregular Text Recognition", "Artistic Text Recognition",
    "Handwriting Recognition",  "Digit String Recognition",   "Non-Semantic Text Recognition"};
constexpr std::array<std::string_view, 5> kColumns = {kTextRecognition, "Scene Text-centric VQA", "Doc-oriented VQA",
                                                      "Key Information Extraction", kFormula};

/// The column of the score table that `category` counts in; nullopt: there is no such category.
std::optional<std::string_view> ColumnOf(std::string_view category) {
  const auto& six = kTextRecognitionCategories;
  if (std::find(six.begin(), six.end(), category) != six.end()) return kTextRecognition;
  const auto column = std::find(kColumns.begin() + 1, kColumns.end(), category);
  return column == kColumns.end() ? std::nullopt : std::optional(*column);
}

/// The authors' file has no ids of its own; VLMEvalKit numbers the questions in the same order.
std::vector<Sample> LoadOfficial(const std::filesystem::path& folder, const DataSource& source) {
  const std::array picture_folders = {folder / "OCRBench_Images", folder};
  std::vector<Sample> samples;
  ForEachJsonRecord(folder / source.files.front(), [&](const JsonFields& record) {
    const std::string category = record.String("type");
    if (!ColumnOf(category)) record.Fail("type", "expected a category of OCRBench, found \"" + category + "\"");
    samples.push_back({.id = std::to_string(samples.size()),
                       .split = std::string(source.split),
                       .images = {{.file = PictureOf(record, "image_path", picture_folders)}},
                       .questions = {record.String("question")},
                       .references = TextsOf(record, "answers"),
                       .tags = {{"category", category}, {"dataset", record.String("dataset_name")}}});
  });
  return samples;
}

/// The texts of a list literal, which every answer cell holds.
std::vector<std::string> ReferencesOf(const std::string& cell, const std::string& where) {
  using Kind = metrics::LiteralValue::Kind;
  const metrics::AnswerCell parsed = metrics::ParseAnswerCell(cell);
  const bool texts = std::all_of(parsed.answers.begin(), parsed.answers.end(),
                                 [](const auto& answer) { return answer.kind == Kind::kText; });
  if (!parsed.is_list || parsed.answers.empty() || !texts) {
    throw InputError(fmt::format("{}: field \"answer\": expected a list of texts, found {}", where, cell));
  }
  std::vector<std::string> references;
  for (const metrics::LiteralValue& answer : parsed.answers) references.push_back(answer.text);
  return references;
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  std::vector<Sample> samples = ReadTsvSamples(file, source.split);
  for (Sample& sample : samples) {
    const std::string where = fmt::format("{}: sample {}", file.string(), sample.id);
    const std::string& category = sample.tags["category"];
    if (!ColumnOf(category)) {
      throw InputError(
          fmt::format("{}: field \"category\": expected a category of OCRBench, found \"{}\"", where, category));
    }
    if (!sample.references.empty()) sample.references = ReferencesOf(sample.references.front(), where);
  }
  return samples;
}

std::string MakePrompt(const Sample&, std::string_view question) {
  return std::string(question) + "\n" + std::string(kShortAnswer);
}

SampleScore ScoreHit(const Sample& sample, const Reply& reply) {
  const auto tag = sample.tags.find("category");
  const std::string category = tag == sample.tags.end() ? "" : tag->second;
  SampleScore score{.sample_id = sample.id, .tags = {{"split", sample.split}, {"category", category}}};
  if (reply.answers.empty()) return score;
  score.extracted = reply.answers.back();
  if (sample.references.empty()) return score;
  const auto text = category == kFormula ? metrics::OcrBenchText::kFormula : metrics::OcrBenchText::kPlain;
  score.value = metrics::OcrBenchHit(reply.answers.back(), sample.references, text);
  if (*score.value == 1 && !ColumnOf(category)) {  // KeyError in the reference
    throw InputError(fmt::format("OCRBench has no category \"{}\"", category));
  }
  return score;
}

void Add(const SampleScore& score, Score& points) {
  if (!score.value) {
    ++points.unscored;
    return;
  }
  ++points.scored;
  points.value = points.value.value_or(0) + *score.value;
}

std::vector<Score> Aggregate(std::span<const SampleScore> scores) {
  std::vector<Score> table = {{.name = "Final Score", .unit = "points"}};
  for (const SampleScore& score : scores) Add(score, table.front());
  for (const std::string_view column : kColumns) {
    Score points{.name = std::string(column), .unit = "points"};
    for (const SampleScore& score : scores) {
      if (ColumnOf(score.tags.at("category")) == column) Add(score, points);
    }
    table.push_back(points);
  }
  Score norm = table.front();
  norm.name = "Final Score Norm";
  norm.unit = "points of 100";
  if (norm.value) *norm.value /= 10;
  table.push_back(norm);
  return table;
}

}  // namespace

const Benchmark& OcrBench() {
  static const Benchmark kOcrBench{
      .name = "ocrbench",
      .title = "OCRBench",
      .about = "text in pictures: recognition, questions, key information, formulas; 1000 points",
      .data = {{.format = "official", .split = "test", .files = {"OCRBench.json"}, .rows = 1000, .load = LoadOfficial},
               {.format = "vlmevalkit",
                .split = "test",
                .files = {"OCRBench.tsv"},
                .md5 = "e953d98a987cc6e26ef717b61260b778",
                .rows = 1000,
                .load = LoadTsv}},
      .recipes = {{.name = "paper",
                   .source = "VLMEvalKit vlmeval/vlm/internvl_chat.py, 2024-04",
                   .make_prompt = MakePrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 24,
                   .max_new_tokens = 1024,
                   .choose_pictures = PicturesAsJpeg},
                  VlmEvalKit2026Recipe(MakePrompt, 24)},
      .scorings = {{.name = "vlmevalkit-2024-04",
                    .source = "VLMEvalKit vlmeval/evaluate/OCRBench.py, 2024-04",
                    .score = ScoreHit,
                    .aggregate = Aggregate},
                   {.name = "vlmevalkit-2026-08",
                    .source = "VLMEvalKit vlmeval/dataset/image_vqa.py, OCRBench, 2026-08; the same rules",
                    .score = ScoreHit,
                    .aggregate = Aggregate}},
      .paper = {{.split = "test",
                 .value = 724,
                 .unit = "points",
                 .source = "arXiv 2404.16821, Table 2; equals the authors' VLMEvalKit run with the released weights"}}};
  return kOcrBench;
}

}  // namespace tessera
