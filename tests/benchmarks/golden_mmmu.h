// Checks of the golden vectors of MMMU.
#pragma once

#include <map>
#include <string>

#include "golden_vector.h"

namespace tessera {

/// Adds the checks to the table.
void AddMmmuChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
