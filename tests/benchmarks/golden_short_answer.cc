#include "golden_short_answer.h"

#include <fmt/format.h>

#include "benchmarks/tsv_samples.h"
#include "metrics/anls.h"

namespace tessera {
namespace {

/// The sample of an item, which has its references as a list or as a TSV cell.
Sample ReferencesOf(const OrderedJson& item) {
  Sample sample = SampleOf(item);
  if (item.contains("answer_cell")) {
    sample.references = AnswerTexts(item.at("answer_cell").get<std::string>());
  } else {
    sample.references = item.at("answers").get<std::vector<std::string>>();
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

GoldenFound AnlsAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark(vector.benchmark), vector.variant);
  if (vector.variant != "internvl-2024-04") return VlmEvalKitTable(vector, scoring);
  const std::vector<Score> columns = scoring.aggregate(ScoreItems(vector, scoring));
  const double anls = columns.at(0).value.value() / 100;
  return {{{"score", anls}, {"printed", {fmt::format("Overall ANLS: {:.4f}", anls)}}}};
}

}  // namespace

void AddShortAnswerChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["anls"] = Anls;
  checks["anls_aggregate"] = AnlsAggregate;
}

}  // namespace tessera
