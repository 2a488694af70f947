#include "datasets/xlsx_writer.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <filesystem>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

constexpr std::time_t kCreated = 315'532'800;  // 1980-01-01, the oldest date of a zip archive

/// A file of its own, removed at the end of the scope: libxlsxwriter writes to nothing else.
class TemporaryFile {
 public:
  TemporaryFile() : name_((std::filesystem::temp_directory_path() / "tessera_XXXXXX").string()) {
    const int descriptor = ::mkstemp(name_.data());
    if (descriptor < 0) throw EnvironmentError(fmt::format("{}: cannot be made", name_));
    ::close(descriptor);
  }
  ~TemporaryFile() { ::unlink(name_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

lxw_error WriteCell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, const XlsxCell& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    return ::worksheet_write_number(sheet, row, column, static_cast<double>(*number), nullptr);
  }
  const auto* text = std::get_if<std::string>(&cell);
  if (text == nullptr || text->empty()) return LXW_NO_ERROR;
  return ::worksheet_write_string(sheet, row, column, ReplaceInvalidUtf8(*text).c_str(), nullptr);
}

/// The first cell that cannot be written, with the reason; empty: none.
std::string WriteRows(lxw_worksheet* sheet, std::span<const std::vector<XlsxCell>> rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < rows[row].size(); ++column) {
      const lxw_error error =
          WriteCell(sheet, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column), rows[row][column]);
      if (error != LXW_NO_ERROR)
        return fmt::format("row {}, column {}: {}", row + 1, column + 1, ::lxw_strerror(error));
    }
  }
  return "";
}

}  // namespace

std::string XlsxBytes(std::span<const std::vector<XlsxCell>> rows) {
  const TemporaryFile file;
  lxw_workbook* workbook = ::workbook_new(file.name().c_str());
  if (workbook == nullptr) throw EnvironmentError(fmt::format("{}: no workbook can be made", file.name()));
  lxw_doc_properties properties{};
  properties.created = kCreated;
  ::workbook_set_properties(workbook, &properties);
  const std::string problem = WriteRows(::workbook_add_worksheet(workbook, "Sheet1"), rows);
  const lxw_error error = ::workbook_close(workbook);
  if (!problem.empty()) throw InputError(fmt::format("workbook: {}", problem));
  if (error != LXW_NO_ERROR) throw EnvironmentError(fmt::format("{}: {}", file.name(), ::lxw_strerror(error)));
  return ReadFile(file.name());
}

}  // namespace tessera
