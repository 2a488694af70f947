#include "golden_relaxed_accuracy.h"

#include <cmath>

#include "metrics/python_literal.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

GoldenFound RelaxedAccuracy(const GoldenVector& vector) {
  const OrderedJson& input = vector.input;
  Sample sample;
  if (vector.variant == "internvl-2024-04") {
    sample.references = input.at("answers").get<std::vector<std::string>>();
  } else {
    sample.references = {input.at("answer_cell").get<std::string>()};
  }
  const Scoring& scoring = KnownScoring(KnownBenchmark("chartqa"), vector.variant);
  const SampleScore score = scoring.score(sample, {.answers = {input.at("prediction").get<std::string>()}});
  return {{{"score", score.value ? OrderedJson(*score.value) : OrderedJson()}}};
}

GoldenFound RelaxedAccuracyAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("chartqa"), vector.variant);
  std::vector<SampleScore> scores;
  const auto add = [&](const OrderedJson& item, const std::string& split) {
    Sample sample = SampleOf(item);
    if (!split.empty()) sample.split = split;
    scores.push_back(scoring.score(sample, {.answers = {item.at("prediction").get<std::string>()}}));
  };
  const bool official = vector.variant == "internvl-2024-04";
  if (official) {
    for (const OrderedJson& item : vector.input.at("human")) add(item, "test_human");
    for (const OrderedJson& item : vector.input.at("augmented")) add(item, "test_augmented");
  } else {
    for (const OrderedJson& item : vector.input.at("items")) add(item, "");
  }
  const std::vector<Score> columns = scoring.aggregate(scores);
  GoldenFound found;
  found.values[official ? "average_percent" : "Overall"] = columns.at(0).value.value_or(NAN);
  for (std::size_t i = 1; i < columns.size(); ++i) {
    if (!columns[i].value) continue;
    const std::string name = (official ? "" : "test_") + columns[i].name;
    found.values[name] = official ? *columns[i].value / 100 : *columns[i].value;
  }
  return found;
}

GoldenFound AnswerCellParse(const GoldenVector& vector) {
  using Kind = metrics::LiteralValue::Kind;
  const metrics::AnswerCell cell = metrics::ParseAnswerCell(vector.input.at("answer_cell").get<std::string>());
  OrderedJson answers = OrderedJson::array();
  for (const auto& [kind, text] : cell.answers) {
    if (kind == Kind::kText || kind == Kind::kList) answers.push_back(text);
    if (kind == Kind::kInteger) answers.push_back(OrderedJson::parse(text));
    if (kind == Kind::kFloat) answers.push_back(*metrics::ParseFloat(text));
    if (kind == Kind::kBool) answers.push_back(text == "True");
    if (kind == Kind::kNone) answers.push_back(nullptr);
  }
  return {{{"is_list", cell.is_list}, {"answers", answers}}};
}

}  // namespace

void AddRelaxedAccuracyChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["answer_cell_parse"] = AnswerCellParse;
  checks["relaxed_accuracy"] = RelaxedAccuracy;
  checks["relaxed_accuracy_aggregate"] = RelaxedAccuracyAggregate;
}

}  // namespace tessera
