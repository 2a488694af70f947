// Checks of the benchmarks whose published number VLMEvalKit, or a fork of it, made: OCRBench and its like.
#pragma once

#include "golden_vector.h"

namespace tessera {

/// Adds them to `checks`. A key "benchmark/metric" goes before "metric".
void AddVlmEvalKitChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
