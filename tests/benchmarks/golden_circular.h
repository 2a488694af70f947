// Checks of the benchmarks that ask each question in all rotations of its options, and of their judge.
#pragma once

#include <map>
#include <string>

#include "golden_vector.h"

namespace tessera {

/// Adds them to `checks`. A key "benchmark/metric" goes before "metric".
void AddCircularChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
