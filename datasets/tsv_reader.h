// VLMEvalKit's TSV files, read in one pass with the pictures left in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/column_types.h"
#include "datasets/sample.h"

namespace tessera {

struct TsvRow {
  std::size_t line = 0;             // where the row starts, from 1
  std::string index;                // the `index` cell as text
  std::vector<TsvCell> cells;       // one per column; the `image` cell is left missing
  std::vector<ImageSource> images;  // where the base64 texts lie; references to other rows are resolved
};

struct TsvTable {
  std::vector<std::string> columns;
  std::vector<TsvRow> rows;
  std::vector<std::size_t> dropped_lines;  // where rows without a picture start

  /// The position of a column; nullopt when there is none.
  std::optional<std::size_t> Column(std::string_view name) const;
};

/// What a cell's text means.
enum class TsvCells {
  kPandas,     ///< missing values and column types as pandas' read_csv has them, which VLMEvalKit reads with
  kAsWritten,  ///< texts; only an empty cell is missing, so that an option may read "None" or "1.50"
};

/// Reads `file` as VLMEvalKit does: tab-separated, RFC 4180 quotes, header row, pandas' missing values and column
/// types (unless `cells` says otherwise), rows with a missing image dropped, an image cell of at most 64 characters
/// taken as the index of the row whose picture it shares (that row must exist, and hold a picture of its own or have
/// been resolved earlier in the file). An image cell may also be a list `['...', '...']` of base64 texts. A file
/// without an `image` column, and an .xlsx file (its first sheet), gives no pictures. Source: VLMEvalKit
/// vlmeval/utils/dataset.py (2024-04), TSVDataset; protocol/common_text_and_judge.md section 3.
///
/// Stricter than pandas: a row with too few cells, text after a closing quote and a repeated index are errors too.
/// Throws kInput, `file:line: ...`, for those, for an unclosed quote, text that is not UTF-8, a missing `index`, and
/// cells, columns or texts over the limits below.
TsvTable ReadTsv(const std::filesystem::path& file, TsvCells cells = TsvCells::kPandas);

inline constexpr std::size_t kMaxTsvColumns = 1024;
inline constexpr std::size_t kMaxTsvCellBytes = 16u << 20;                 // of a text cell; pictures may be larger
inline constexpr std::uint64_t kMaxTsvTextBytes = std::uint64_t{1} << 30;  // of all text cells together

}  // namespace tessera
