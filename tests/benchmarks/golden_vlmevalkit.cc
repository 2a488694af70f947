#include "golden_vlmevalkit.h"

namespace tessera {
namespace {

// --- OCRBench ---

Sample OcrBenchSample(const OrderedJson& item) {
  return {.references = item.at("answers").get<std::vector<std::string>>(),
          .tags = {{"category", item.at("category").get<std::string>()}}};
}

GoldenFound OcrBenchHit(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("ocrbench"), vector.variant);
  const Sample sample = OcrBenchSample(vector.input);
  const SampleScore score = scoring.score(sample, {.answers = {PythonText(vector.input.at("prediction"))}});
  return {{{"hit", static_cast<int>(score.value.value_or(0))}}};
}

GoldenFound OcrBenchAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("ocrbench"), vector.variant);
  std::vector<SampleScore> scores;
  for (const OrderedJson& item : vector.input.at("items")) {
    const OrderedJson& prediction = item.at("prediction");
    const std::string text = vector.input.at("file_format") == "xlsx" ? FromXlsx(prediction) : PythonText(prediction);
    scores.push_back(scoring.score(OcrBenchSample(item), {.answers = {text}}));
  }
  GoldenFound found;
  for (const Score& column : scoring.aggregate(scores)) {
    const double points = column.value.value_or(0);
    const bool whole = column.unit == "points";
    found.values[column.name] = whole ? OrderedJson(static_cast<int>(points)) : OrderedJson(points);
  }
  return found;
}

}  // namespace

void AddVlmEvalKitChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["ocrbench_aggregate"] = OcrBenchAggregate;
  checks["ocrbench_hit"] = OcrBenchHit;
}

}  // namespace tessera
