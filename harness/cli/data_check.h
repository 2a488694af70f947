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
  int pictures = 0;                   // distinct
  std::vector<std::string> problems;  // in words; of many of one kind the first few and their number
};

/// Reads the benchmark's data in `folder` and decodes every picture: published MD5 and number of rows, duplicate ids,
/// pictures that cannot be decoded, missing answers, answers that are no option's letter. Problems are values, not
/// errors.
DataReport CheckData(const Benchmark& benchmark, const std::filesystem::path& folder);

}  // namespace tessera
