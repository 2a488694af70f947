// Checks of the benchmarks that an LLM judge grades.
#pragma once

#include "golden_vector.h"

namespace tessera {

/// Adds them to `checks`. A key "benchmark/metric" goes before "metric".
void AddJudgeChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
