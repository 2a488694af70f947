// The rows of a table, whether it is a TSV file or a workbook.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datasets/tsv_scanner.h"

namespace tessera {

/// Rows of texts: a TSV file is scanned as TsvScanner does it, an .xlsx file read at once as ReadXlsx does it. The rows
/// of a workbook are as long as its first at least; those without any text are left out.
class TableRows {
 public:
  /// Throws kInput as TsvScanner and ReadXlsx do.
  explicit TableRows(const std::filesystem::path& file);

  /// As TsvScanner::NextRow. The cells of a workbook have no place in the file: their spans are empty.
  bool NextRow(std::optional<std::size_t> long_column, std::vector<std::string>& texts, std::vector<TsvSpan>& spans);

  /// Where the last row is: a line of the TSV file, or a row of the workbook. From 1.
  std::size_t line() const { return scanner_ ? scanner_->line() : row_number_; }

  bool is_workbook() const { return !scanner_; }

 private:
  std::optional<TsvScanner> scanner_;
  std::vector<std::pair<std::size_t, std::vector<std::string>>> workbook_;
  std::size_t next_ = 0;
  std::size_t row_number_ = 0;
  std::size_t width_ = 0;
};

}  // namespace tessera
