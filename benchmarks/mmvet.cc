// MM-Vet: open questions that need several capabilities at once, graded from 0 to 1 by an LLM judge.
// Prompt and limits: InternVL eval/mmvet/evaluate_mmvet.py (April 2024); scoring: MM-Vet mm-vet_evaluator.py and
// VLMEvalKit; protocol/mmvet.md.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "benchmarks/benchmark.h"
#include "benchmarks/prompts.h"
#include "benchmarks/recipes.h"
#include "benchmarks/sample_fields.h"
#include "benchmarks/tsv_samples.h"
#include "datasets/jsonl_reader.h"
#include "harness/base/error.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "metrics/mmvet_score.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

using metrics::MmVetRule;

constexpr std::array<std::string_view, 6> kCapabilities = {"rec", "ocr", "know", "gen", "spat", "math"};

// --- data ---

/// The script appends an empty instruction after a blank.
std::string PaperPrompt(const Sample&, std::string_view question) { return std::string(question) + " "; }

std::string PlainPrompt(const Sample&, std::string_view question) { return std::string(question); }

/// The capabilities of a question, joined with commas.
std::string Category(const JsonFields& question) {
  std::vector<std::string> names;
  for (const Json& name : question.Array("capability")) {
    if (!name.is_string()) question.Fail("capability", "expected strings, found " + Describe(name));
    names.push_back(name.get<std::string>());
    if (std::find(kCapabilities.begin(), kCapabilities.end(), names.back()) == kCapabilities.end()) {
      question.Fail("capability",
                    fmt::format("expected rec, ocr, know, gen, spat or math, found \"{}\"", Shorten(names.back(), 40)));
    }
  }
  if (names.empty()) question.Fail("capability", "expected at least one, found none");
  return Join(names, ",");
}

std::string PictureName(const JsonFields& question) {
  std::string name = question.String("imagename");
  if (name.empty() || name.find('/') != std::string::npos) {
    question.Fail("imagename", fmt::format("expected a file name, found \"{}\"", Shorten(name, 80)));
  }
  return name;
}

/// The questions of mm-vet.json by id ("v1_0").
std::map<std::string, Sample> ReadAuthorsFile(const std::filesystem::path& file, std::string_view split) {
  const Json json = ReadJsonFile(file);
  const JsonFields fields(json, file.string());
  std::map<std::string, Sample> samples;
  for (const auto& [id, unused] : json.items()) {
    const JsonFields question = fields.Object(id);
    samples[id] = {.id = id,
                   .split = std::string(split),
                   .images = {{.file = file.parent_path() / "images" / PictureName(question)}},
                   .questions = {question.String("question")},
                   .references = {question.String("answer")},
                   .tags = {{"category", Category(question)}}};
  }
  return samples;
}

std::vector<Sample> LoadAuthors(const std::filesystem::path& folder, const DataSource& source) {
  std::vector<Sample> samples;
  for (auto& [id, sample] : ReadAuthorsFile(folder / source.files.front(), source.split)) {
    samples.push_back(std::move(sample));
  }
  // v1_2 before v1_10, as in the file.
  std::stable_sort(samples.begin(), samples.end(),
                   [](const Sample& a, const Sample& b) { return a.id.size() < b.id.size(); });
  return samples;
}

/// InternVL's question file, with answers and capabilities from the authors' file.
std::vector<Sample> LoadOfficial(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  std::map<std::string, Sample> by_id = ReadAuthorsFile(folder / source.files.back(), source.split);
  std::vector<Sample> samples =
      ReadJsonl(file, {.question = "text", .references = "answer"}, file.parent_path() / "images");
  for (Sample& sample : samples) {
    sample.id = "v1_" + sample.id;
    sample.split = source.split;
    const auto found = by_id.find(sample.id);
    if (found == by_id.end()) {
      throw InputError(fmt::format("{}: question {} is not in {}", file.string(), sample.id, source.files.back()));
    }
    sample.references = found->second.references;
    sample.tags = found->second.tags;
  }
  return samples;
}

std::vector<Sample> LoadTsv(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  std::vector<Sample> samples = ReadTsvSamples(file, source.split);
  for (const Sample& sample : samples) {
    for (const auto& [field, is_there] :
         {std::pair("answer", !sample.references.empty()), std::pair("category", sample.tags.contains("category"))}) {
      if (is_there) continue;
      throw InputError(
          fmt::format("{}: sample {}: field \"{}\": expected a text, found nothing", file.string(), sample.id, field));
    }
  }
  return samples;
}

// --- judge ---

/// Our wording of the authors' instruction and examples.
constexpr std::string_view kOwnHeader =
    "You grade answers to questions about pictures. Compare the prediction with the ground truth and give a score from "
    "0.0 (nothing is right) to 1.0 (all is right), in steps of 0.1. In the ground truth, \"<AND>\" stands between "
    "parts "
    "that must all be in the prediction, \"<OR>\" between parts of which one is enough. Reply with the number that "
    "belongs in the last, empty field of the table, and nothing else.\n"
    "\n"
    "Question | Ground truth | Prediction | Score\n"
    "--- | --- | --- | ---\n"
    "Which numbers solve the equation? | -3 <AND> 8 | There is no solution. | 0.0\n"
    "Which numbers solve the equation? | -3 <AND> 8 | 8 | 0.5\n"
    "Which numbers solve the equation? | -3 <AND> 8 | -3 or 5 | 0.5\n"
    "Which numbers solve the equation? | -3 <AND> 8 | x = 3, x = 8 | 0.5\n"
    "Which numbers solve the equation? | -3 <AND> 8 | They are 8 and -3. | 1.0\n"
    "What makes this meme funny? | The cat sits at a desk like a clerk and complains that the fish order is late, as "
    "if "
    "it were office work. | It shows a cat in a funny place. | 0.4\n"
    "What makes this meme funny? | The cat sits at a desk like a clerk and complains that the fish order is late, as "
    "if "
    "it were office work. | A cat behaves like an office clerk: it is at a desk, annoyed that its fish has not been "
    "delivered, which is how people talk about work. | 1.0";

void ReplaceAll(std::string_view from, std::string_view to, std::string& text) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

/// The row of the table that the judge is to complete.
std::string LastRow(const Sample& sample, const Reply& reply) {
  std::string truth = sample.references.front();
  ReplaceAll("<AND>", " <AND> ", truth);
  ReplaceAll("<OR>", " <OR> ", truth);
  return fmt::format("\n{} | {} | {} | ", sample.questions.front(), truth, reply.answers.back());
}

std::optional<JudgeRequest> Ask(const Sample& sample, const Reply& reply, std::string header, const MmVetRule& rule,
                                int max_tokens) {
  if (reply.answers.empty() || sample.references.empty()) return std::nullopt;
  if (metrics::ReadMmVetReplies(reply.judgements, rule).score) return std::nullopt;
  const int call = static_cast<int>(reply.judgements.size());
  std::string prompt = std::move(header) + LastRow(sample, reply);
  if (rule.first_word_only && call > 0) prompt += "\nPredict the correctness of the answer (digit): ";
  return JudgeRequest{.messages = {{"user", std::move(prompt)}},
                      .max_tokens = max_tokens,
                      .temperature = metrics::MmVetTemperature(call, rule)};
}

std::optional<JudgeRequest> AskAuthors(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return Ask(sample, reply, JudgeText(texts, "mmvet/header", kOwnHeader), metrics::kMmVetAuthors, 3);
}

std::optional<JudgeRequest> AskVlmEvalKit2024(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return Ask(sample, reply, JudgeText(texts, "mmvet/vlmevalkit_header", kOwnHeader), metrics::kMmVetVlmEvalKit, 3);
}

std::optional<JudgeRequest> AskVlmEvalKit2026(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return Ask(sample, reply, JudgeText(texts, "mmvet/vlmevalkit_header", kOwnHeader), metrics::kMmVetVlmEvalKit, 2048);
}

/// A question without text, answer and prediction.
std::vector<JudgeCheck> CheckOfHeader(std::string_view sha256) {
  return {{.sample = {.questions = {""}, .references = {""}}, .reply = {.answers = {""}}, .sha256 = {sha256}}};
}

// --- scores ---

SampleScore ScoreBy(const Sample& sample, const Reply& reply, const MmVetRule& rule) {
  SampleScore score{.sample_id = sample.id, .tags = sample.tags};
  if (reply.answers.empty() || sample.references.empty()) return score;
  const metrics::MmVetVerdict verdict = metrics::ReadMmVetReplies(reply.judgements, rule);
  if (!verdict.score) return score;  // the judge has not said enough
  score.value = verdict.score;
  score.undecided = !verdict.readable;
  if (verdict.readable) score.extracted = metrics::FloatRepr(*verdict.score);
  return score;
}

SampleScore ScoreAuthors(const Sample& sample, const Reply& reply) {
  return ScoreBy(sample, reply, metrics::kMmVetAuthors);
}

SampleScore ScoreVlmEvalKit(const Sample& sample, const Reply& reply) {
  return ScoreBy(sample, reply, metrics::kMmVetVlmEvalKit);
}

/// The total, then the capabilities, then the exact sets of them.
std::vector<Score> Columns(const metrics::MmVetTables& tables, std::span<const SampleScore> scores) {
  std::vector<Score> columns = {tables.capabilities.back()};
  columns.insert(columns.end(), tables.capabilities.begin(), tables.capabilities.end() - 1);
  for (std::size_t i = 0; i + 1 < tables.integrations.size(); ++i) {
    columns.push_back(tables.integrations[i]);
    columns.back().name = "exactly " + columns.back().name;
  }
  for (const SampleScore& score : scores) {
    columns.front().unscored += score.value ? 0 : 1;
    columns.front().undecided += score.value && score.undecided ? 1 : 0;
  }
  return columns;
}

std::string CategoryOf(const SampleScore& score) { return TagOf(score.tags, "category"); }

std::vector<Score> AggregateAuthors(std::span<const SampleScore> scores) {
  std::vector<metrics::MmVetSample> samples;
  for (const SampleScore& score : scores) {
    if (score.value) samples.push_back({Split(CategoryOf(score), ','), {*score.value}});
  }
  return Columns(metrics::MmVetAuthorsTables(samples), scores);
}

std::vector<Score> AggregateVlmEvalKit(std::span<const SampleScore> scores) {
  std::vector<metrics::MmVetRow> rows;
  for (const SampleScore& score : scores) {
    if (score.value) rows.push_back({CategoryOf(score), *score.value});
  }
  return Columns(metrics::MmVetVlmEvalKitTables(rows), scores);
}

constexpr std::string_view kVlmEvalKitHeaderCheck = "e64c42f48612cc81310e4bdd0b8675afaab67c2e5146385da765192e12d9b9f3";

}  // namespace

const Benchmark& MmVet() {
  static const Benchmark kMmVet{
      .name = "mmvet",
      .title = "MM-Vet",
      .about = "open questions over six capabilities, graded by an LLM judge",
      .data = {{.format = "official",
                .split = "test",
                .files = {"mm-vet/llava-mm-vet.jsonl", "mm-vet/mm-vet.json"},
                .rows = 218,
                .pictures = 200,
                .load = LoadOfficial},
               {.format = "official",
                .split = "test",
                .files = {"llava-mm-vet.jsonl", "mm-vet.json"},
                .rows = 218,
                .pictures = 200,
                .load = LoadOfficial},
               {.format = "authors",
                .split = "test",
                .files = {"mm-vet/mm-vet.json"},
                .rows = 218,
                .pictures = 200,
                .load = LoadAuthors},
               {.format = "authors",
                .split = "test",
                .files = {"mm-vet.json"},
                .rows = 218,
                .pictures = 200,
                .load = LoadAuthors},
               {.format = "vlmevalkit",
                .split = "test",
                .files = {"MMVet.tsv"},
                .md5 = "748aa6d4aa9d4de798306a63718455e3",
                .rows = 218,
                .pictures = 200,
                .load = LoadTsv}},
      .recipes = {{.name = "paper",
                   .source = "InternVL eval/mmvet/evaluate_mmvet.py, April 2024",
                   .make_prompt = PaperPrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 1000,
                   .min_new_tokens = 1},
                  VlmEvalKit2024Recipe(PlainPrompt, 6),
                  VlmEvalKit2026Recipe(PlainPrompt, 6)},
      .scorings = {{.name = "authors",
                    .source = "MM-Vet mm-vet_evaluator.py, one run",
                    .score = ScoreAuthors,
                    .aggregate = AggregateAuthors,
                    .ask_judge = AskAuthors,
                    .published_judge = "gpt-4-0613",
                    .judge_texts = {"mmvet/header"},
                    .judge_checks = CheckOfHeader("1b3e321f0bdf04c0fc0292cc02299223259caa7db865e55a901f5f4b31997441")},
                   {.name = "vlmevalkit-2024-04",
                    .source = "VLMEvalKit vlmeval/evaluate/mmvet_eval.py, 2024-04",
                    .score = ScoreVlmEvalKit,
                    .aggregate = AggregateVlmEvalKit,
                    .ask_judge = AskVlmEvalKit2024,
                    .published_judge = "gpt-4-1106-preview",
                    .judge_texts = {"mmvet/vlmevalkit_header"},
                    .judge_checks = CheckOfHeader(kVlmEvalKitHeaderCheck)},
                   {.name = "vlmevalkit-2026-08",
                    .source = "VLMEvalKit vlmeval/dataset/utils/mmvet.py, 2026-08",
                    .score = ScoreVlmEvalKit,
                    .aggregate = AggregateVlmEvalKit,
                    .ask_judge = AskVlmEvalKit2026,
                    .judge_texts = {"mmvet/vlmevalkit_header"},
                    .judge_checks = CheckOfHeader(kVlmEvalKitHeaderCheck)}},
      .paper = {{.split = "test", .value = 62.8, .unit = "points", .source = "arXiv 2404.16821, Table 2"},
                {.split = "test",
                 .value = 62.7,
                 .unit = "points",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 with the InternVL scripts, "
                           "released weights"},
                {.split = "test",
                 .value = 61.513761,
                 .unit = "points",
                 .source = "InternVL documentation, April 2024: evaluate InternVL-Chat-V1-5 using VLMEvalKit, judge "
                           "gpt-4-1106-preview"}}};
  return kMmVet;
}

}  // namespace tessera
