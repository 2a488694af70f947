// What `run --dry-run` prints.
#pragma once

#include <string>

#include "harness/runner/plan.h"

namespace tessera {

/// Per benchmark: data source, samples, pictures, recipe, deviations and the first prompt.
std::string PlanText(const Plan& plan);

}  // namespace tessera
