// One question, as the benchmark's own files state it.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tessera {

/// Where a picture's encoded bytes lie: a file of its own, a base64 cell inside a TSV file, or a cell of a parquet
/// file. Decoded later, by the runner.
struct ImageSource {
  std::filesystem::path file;
  std::uint64_t offset = 0;  ///< byte offset of the base64 text; unused for a whole file
  std::uint64_t length = 0;  ///< its length in bytes; 0: the whole file is the picture
  std::string column;        ///< of a parquet file; empty: `file` is no such file
  std::uint64_t row = 0;     ///< of the parquet file, from 0
  friend auto operator<=>(const ImageSource&, const ImageSource&) = default;
};

/// An answer option. Letters need not be contiguous: an option whose cell is missing is not offered.
struct Choice {
  std::string letter;
  std::string text;
};

struct Sample {
  std::string id;     // unique in (benchmark, split); every later value carries it
  std::string split;  // "test_human", "dev" ...
  std::vector<ImageSource> images;
  std::vector<std::string> questions;       // one per turn; only ConvBench has more than one
  std::vector<Choice> choices;              // A, B, C ... in source order; empty for free-form
  std::vector<std::string> references;      // accepted answers, in source order; empty when the file has none
  std::map<std::string, std::string> tags;  // hint, category, subject ...: what prompts and breakdowns read
};

}  // namespace tessera
