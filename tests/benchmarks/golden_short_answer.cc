#include "golden_short_answer.h"

#include <fmt/format.h>

#include "benchmarks/tsv_samples.h"
#include "metrics/anls.h"
#include "metrics/infovqa_types.h"
#include "metrics/vqa_accuracy.h"

namespace tessera {
namespace {

/// The sample of an item, which has its references as a list or as a TSV cell, and types in InfographicVQA.
Sample ReferencesOf(const OrderedJson& item) {
  Sample sample = SampleOf(item);
  if (item.contains("answer_cell")) {
    sample.references = AnswerTexts(item.at("answer_cell").get<std::string>());
  } else {
    sample.references = item.at("answers").get<std::vector<std::string>>();
  }
  for (const auto& [field, group] :
       {std::pair{"answer_type", "answer"}, {"evidence", "evidence"}, {"reasoning", "operation"}}) {
    if (!item.contains(field)) continue;
    sample.tags[group] = metrics::QuestionTypeTag(group, item.at(field).get<std::vector<std::string>>());
  }
  return sample;
}

/// The reference raises where we leave a sample unscored.
double ValueOrError(const SampleScore& score) {
  if (!score.value) throw std::invalid_argument("unscored");
  return *score.value;
}

std::vector<SampleScore> ScoreItems(const GoldenVector& vector, const Scoring& scoring) {
  std::vector<SampleScore> scores;
  for (const OrderedJson& item : vector.input.at("items")) {
    const OrderedJson& prediction = item.at("prediction");
    const bool xlsx = vector.input.value("file_format", "") == "xlsx";
    const std::string answer = xlsx ? FromXlsx(prediction) : PythonText(prediction);
    scores.push_back(scoring.score(ReferencesOf(item), {.answers = {answer}}));
    ValueOrError(scores.back());
  }
  return scores;
}

/// VLMEvalKit's table of means, whose headline is called Overall.
GoldenFound VlmEvalKitTable(const GoldenVector& vector, const Scoring& scoring) {
  const std::vector<Score> columns = scoring.aggregate(ScoreItems(vector, scoring));
  GoldenFound found{{{"Overall", columns.at(0).value.value()}}};
  for (std::size_t i = 1; i < columns.size(); ++i) found.values[columns[i].name] = columns[i].value.value();
  return found;
}

// --- ANLS ---

GoldenFound Anls(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark(vector.benchmark), vector.variant);
  const Sample sample = ReferencesOf(vector.input);
  const std::string answer = vector.input.at("prediction").get<std::string>();
  GoldenFound found{{{"score", ValueOrError(scoring.score(sample, {.answers = {answer}}))}}};
  if (vector.variant == "internvl-2024-04") return found;
  found.values["distances"] = OrderedJson::array();
  for (const std::string& reference : sample.references) {
    found.values["distances"].push_back(metrics::AnlsDistance(answer, reference));
  }
  return found;
}

/// The columns by type, as numbers and as the lines that the official script prints.
void AddTypes(std::span<const Score> columns, OrderedJson& values) {
  const std::map<std::string_view, std::pair<const char*, const char*>> kTitles = {
      {"answer", {"answer_types", "Answer types:"}},
      {"evidence", {"evidence_types", "Evidence types:"}},
      {"operation", {"operation_types", "Operation required:"}}};
  const auto types = metrics::QuestionTypes();
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto& [key, title] = kTitles.at(types[i].group);
    if (!columns[i].value) throw std::invalid_argument("division by zero: " + columns[i].name);
    const double value = *columns[i].value / 100;
    if (!values["by_type"].contains(key)) values["printed"].push_back(title);
    values["by_type"][key][std::string(types[i].name)] = value;
    values["printed"].push_back(fmt::format("{:<12} {:.4f}", types[i].name, value));
  }
}

GoldenFound AnlsAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark(vector.benchmark), vector.variant);
  if (vector.variant != "internvl-2024-04") return VlmEvalKitTable(vector, scoring);
  const std::vector<Score> columns = scoring.aggregate(ScoreItems(vector, scoring));
  const double anls = columns.at(0).value.value() / 100;
  GoldenFound found{{{"score", anls}, {"printed", {fmt::format("Overall ANLS: {:.4f}", anls)}}}};
  if (columns.size() > 1) AddTypes(std::span(columns).subspan(1), found.values);
  return found;
}

// --- VQA accuracy ---

metrics::VqaRules Rules(const GoldenVector& vector) {
  if (vector.variant == "internvl-2024-04") return metrics::VqaRules::kInternVl;
  const bool is_2024 = Version(vector) == metrics::MatcherVersion::kApril2024;
  return is_2024 ? metrics::VqaRules::kVlmEvalKit2024 : metrics::VqaRules::kVlmEvalKit2026;
}

GoldenFound VqaNormalise(const GoldenVector& vector) {
  return {{{"text", metrics::NormaliseVqaAnswer(vector.input.at("text").get<std::string>(), Rules(vector))}}};
}

GoldenFound VqaAccuracy(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("textvqa"), vector.variant);
  const Sample sample = ReferencesOf(vector.input);
  const SampleScore score = scoring.score(sample, {.answers = {vector.input.at("prediction").get<std::string>()}});
  GoldenFound found{{{"processed_prediction", score.extracted},
                     {"processed_answers", OrderedJson::array()},
                     {"score", ValueOrError(score)}}};
  for (const std::string& reference : sample.references) {
    found.values["processed_answers"].push_back(metrics::NormaliseVqaAnswer(reference, Rules(vector)));
  }
  return found;
}

GoldenFound VqaAccuracyAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("textvqa"), vector.variant);
  if (vector.variant != "internvl-2024-04") return VlmEvalKitTable(vector, scoring);
  return {{{"accuracy", scoring.aggregate(ScoreItems(vector, scoring)).at(0).value.value() / 100}}};
}

}  // namespace

void AddShortAnswerChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["anls"] = Anls;
  checks["anls_aggregate"] = AnlsAggregate;
  checks["vqa_accuracy"] = VqaAccuracy;
  checks["vqa_accuracy_aggregate"] = VqaAccuracyAggregate;
  checks["vqa_normalise"] = VqaNormalise;
}

}  // namespace tessera
