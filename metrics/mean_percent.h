// The aggregation that most benchmarks share.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "metrics/score.h"

namespace tessera::metrics {

/// 100 times the mean of the scored values, over all of `scores` or those that `is_part` takes; no value when none is
/// scored.
Score MeanPercent(std::string name, std::span<const SampleScore> scores,
                  const std::function<bool(const SampleScore&)>& is_part = {});

/// One MeanPercent per value of the tag `tag`, named after it, sorted; scores without the tag are in none.
std::vector<Score> MeanPercentByTag(std::span<const SampleScore> scores, const std::string& tag);

}  // namespace tessera::metrics
