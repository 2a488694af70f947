// What our code makes of the input of a golden vector, per metric.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "golden_compare.h"

namespace tessera {

/// One line of a file in tests/golden/metrics.
struct GoldenVector {
  std::string id, benchmark, metric, variant;
  OrderedJson input;
};

struct GoldenFound {
  OrderedJson values;                       // in the form of the vector's `expected`
  std::vector<std::string> unknown_fields;  // of `expected`: need files that are not ours to ship
  bool missing_is_absent = false;           // a null may also be left out
};

/// A vector of a variant, benchmark or kind that the checks do not cover.
class UnknownVector : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using GoldenCheck = GoldenFound (*)(const GoldenVector&);

/// The check of each metric. A new metric is a function and a line here.
const std::map<std::string, GoldenCheck>& GoldenChecks();

}  // namespace tessera
