// Checks of how a TSV file of VLMEvalKit is read.
#pragma once

#include <map>
#include <string>

#include "golden_vector.h"

namespace tessera {

/// Adds them to `checks`. A key "benchmark/metric" goes before "metric".
void AddTsvChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
