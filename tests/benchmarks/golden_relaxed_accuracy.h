// Checks of ChartQA's relaxed accuracy.
#pragma once

#include <map>
#include <string>

#include "golden_vector.h"

namespace tessera {

/// Adds them to `checks`. A key "benchmark/metric" goes before "metric".
void AddRelaxedAccuracyChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
