// Checks of MathVista's golden vectors.
#pragma once

#include <map>
#include <string>

#include "golden_vector.h"

namespace tessera {

/// Adds the checks to the table.
void AddMathVistaChecks(std::map<std::string, GoldenCheck>& checks);

}  // namespace tessera
