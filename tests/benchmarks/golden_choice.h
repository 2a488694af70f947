// Checks of the multiple-choice and yes/no benchmarks whose questions are asked once.
#pragma once

#include "golden_vector.h"

namespace tessera {

/// Adds them to `checks`. A key "benchmark/metric" goes before "metric".
void AddChoiceChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
