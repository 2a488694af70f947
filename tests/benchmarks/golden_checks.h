// What our code makes of the input of a golden vector, per metric.
#pragma once

#include <map>
#include <string>

#include "golden_vector.h"

namespace tessera {

/// The check of each metric, or of "benchmark/metric", which goes first. A new metric is a function and a line in the
/// file of its family.
const std::map<std::string, GoldenCheck>& GoldenChecks();

}  // namespace tessera
