#include "metrics/mean_percent.h"

#include <set>
#include <utility>

namespace tessera::metrics {

Score MeanPercent(std::string name, std::span<const SampleScore> scores,
                  const std::function<bool(const SampleScore&)>& is_part) {
  Score mean{.name = std::move(name), .unit = "percent"};
  double sum = 0;
  for (const SampleScore& score : scores) {
    if (is_part && !is_part(score)) continue;
    ++(score.value ? mean.scored : mean.unscored);
    sum += score.value.value_or(0);
    mean.undecided += score.value && score.undecided ? 1 : 0;
  }
  if (mean.scored > 0) mean.value = 100 * (sum / mean.scored);
  return mean;
}

std::vector<Score> MeanPercentByTag(std::span<const SampleScore> scores, const std::string& tag) {
  std::set<std::string> values;
  for (const SampleScore& score : scores) {
    if (const auto it = score.tags.find(tag); it != score.tags.end()) values.insert(it->second);
  }
  std::vector<Score> means;
  for (const std::string& value : values) {
    means.push_back(MeanPercent(value, scores, [&](const SampleScore& score) {
      const auto it = score.tags.find(tag);
      return it != score.tags.end() && it->second == value;
    }));
  }
  return means;
}

}  // namespace tessera::metrics
