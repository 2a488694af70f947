// What `data check` looks at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"

namespace tessera {

/// What was found of one benchmark's data.
struct DataReport {
  std::string benchmark;
  bool found = false;  // a complete set of files
  std::string format, split;
  int rows = 0;
  int pictures = 0;  // distinct
  // In words; of many of one kind the first few and their number.
  std::vector<std::string> problems;     // the data is wrong or cannot be used
  std::vector<std::string> differences;  // from the published file: it may be good data, but not that data
  std::vector<std::string> notes;        // nothing is wrong
};

/// Reads the benchmark's data in `folder` and decodes every picture. Differences are another MD5 or number of rows than
/// published; problems are duplicate ids, pictures that cannot be decoded, answers that are missing although they are
/// public, and answers that are no option; notes are pictures that are there byte for byte under several
/// names. All of them are values, not errors.
DataReport CheckData(const Benchmark& benchmark, const std::filesystem::path& folder);

}  // namespace tessera
