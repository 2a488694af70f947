// Checks of the free-form benchmarks with short answers.
#pragma once

#include "golden_vector.h"

namespace tessera {

/// Adds them to `checks`.
void AddShortAnswerChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
