// Checks of the golden vectors of MMMU and MathVista.
#pragma once

#include <map>
#include <string>

#include "golden_checks.h"

namespace tessera {

/// Adds the checks of these benchmarks to the table.
void AddKnowledgeChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
