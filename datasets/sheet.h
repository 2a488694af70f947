// Tables of texts: a TSV file whose columns are free, or the first sheet of an Excel workbook.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

struct SheetRow {
  std::size_t number = 0;          // the line of a TSV file on which the row starts, or the row of a workbook; from 1
  std::vector<std::string> cells;  // one per column; empty when missing
};

struct Sheet {
  std::string file;
  std::vector<std::string> columns;
  std::vector<SheetRow> rows;

  /// The position of a column; nullopt when there is none. Throws kInput when two columns have this name.
  std::optional<std::size_t> Column(std::string_view name) const;
};

/// Reads a file whose name ends with .tsv (as TsvScanner does) or .xlsx (as ReadXlsx does). The first row names the
/// columns; rows without any text are left out. Throws kInput, naming file and row, for a row that is longer than the
/// header of a TSV file, and for a file without a header.
Sheet ReadSheet(const std::filesystem::path& file);

}  // namespace tessera
