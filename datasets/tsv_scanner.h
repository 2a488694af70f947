// Cuts a TSV file of any size into rows and cells, holding one row and a buffer at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// Where a cell's content lies in the file, without its quotes.
struct TsvSpan {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// Tab-separated rows with RFC 4180 quotes, as pandas' C parser reads them: a quote opens a field only at its start,
/// lines end with LF, CRLF or CR, blank lines and a byte order mark are skipped.
class TsvScanner {
 public:
  /// Throws kInput when the file cannot be opened.
  explicit TsvScanner(const std::filesystem::path& file);

  /// Reads the next row; false at the end of the file. Of the cell at `long_column` only the first kLongCellStart bytes
  /// are kept as text. Throws kInput, `file:line: ...`, on broken quotes, text that is not UTF-8 and rows over the
  /// limits of tsv_reader.h.
  bool NextRow(std::optional<std::size_t> long_column, std::vector<std::string>& texts, std::vector<TsvSpan>& spans);

  /// The line on which the last row started, from 1.
  std::size_t line() const { return row_line_; }

  static constexpr std::size_t kLongCellStart = 65;

 private:
  static constexpr int kEnd = -1;

  int Peek();
  int Take();
  void ReadCell(bool is_long, std::string& text, TsvSpan& span);
  [[noreturn]] void Fail(const std::string& message) const;

  std::filesystem::path file_;
  std::ifstream stream_;
  std::string buffer_;
  std::size_t next_ = 0;          // in buffer_
  std::uint64_t offset_ = 0;      // of the next byte, in the file
  std::uint64_t text_bytes_ = 0;  // kept so far
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
};

}  // namespace tessera
