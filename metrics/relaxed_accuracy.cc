#include "metrics/relaxed_accuracy.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "metrics/python_text.h"

namespace tessera::metrics {

std::optional<double> ParseChartNumber(std::string_view text) {
  if (!text.ends_with('%')) return ParseFloat(text);
  const std::size_t last = text.find_last_not_of('%');
  const std::optional<double> percent = ParseFloat(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
  if (!percent) return std::nullopt;
  return *percent / 100.0;
}

bool RelaxedMatch(std::string_view target, std::string_view prediction) {
  const std::optional<double> target_number = ParseChartNumber(target);
  const std::optional<double> prediction_number = ParseChartNumber(prediction);
  if (prediction_number && target_number && *target_number != 0) {
    return std::abs(*prediction_number - *target_number) / std::abs(*target_number) <= 0.05;
  }
  return Lower(prediction) == Lower(target);
}

double RelaxedAccuracy(std::string_view answer, std::span<const std::string> references, RelaxedTarget target) {
  if (references.empty()) throw std::invalid_argument("RelaxedAccuracy: no references");
  const std::string_view stripped = Strip(answer);
  const bool right = std::any_of(references.begin(), references.end(), [&](const std::string& reference) {
    return target == RelaxedTarget::kAnswer ? RelaxedMatch(stripped, reference) : RelaxedMatch(reference, stripped);
  });
  return right ? 1 : 0;
}

}  // namespace tessera::metrics
