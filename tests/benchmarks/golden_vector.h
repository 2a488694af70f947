// Golden vectors: what they hold, and how their parts are read.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"
#include "golden_compare.h"
#include "metrics/option_match.h"

namespace tessera {

/// One line of a file in tests/golden/metrics.
struct GoldenVector {
  std::string id, benchmark, metric, variant;
  OrderedJson input;
  std::filesystem::path folder;  // of the file with the vector
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

/// str() of a JSON value as Python holds it.
std::string PythonText(const OrderedJson& value);

/// Options in the order of the vector.
std::vector<metrics::Option> Options(const OrderedJson& by_letter);

/// The text, or null.
OrderedJson OrNull(const std::optional<std::string>& text);

/// These throw UnknownVector for what is not there.
metrics::MatcherVersion Version(const GoldenVector& vector);
const Benchmark& KnownBenchmark(const std::string& name);  // "seed_image" is "seed-image"
const Scoring& KnownScoring(const Benchmark& benchmark, const std::string& name);
const Recipe& RecipeOf(const Benchmark& benchmark, const std::string& variant);

/// The sample that a row of a data file stands for; a null cell is a missing one.
Sample SampleOf(const OrderedJson& row);

/// The prediction as it comes back from the .xlsx file that VLMEvalKit writes between inference and scoring.
std::string FromXlsx(const OrderedJson& prediction);

/// The settings that VLMEvalKit passes on, sampling that our recipe records but does not do included.
OrderedJson VlmEvalKitGeneration(const Recipe& recipe, bool with_beams);

}  // namespace tessera
