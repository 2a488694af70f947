#include "datasets/sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "datasets/tsv_scanner.h"
#include "datasets/xlsx_reader.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

bool HasText(const std::vector<std::string>& cells) {
  return std::any_of(cells.begin(), cells.end(), [](const std::string& cell) { return !cell.empty(); });
}

std::vector<SheetRow> TsvRows(const std::filesystem::path& file) {
  TsvScanner scanner(file);
  std::vector<SheetRow> rows;
  std::vector<std::string> texts;
  std::vector<TsvSpan> spans;
  while (scanner.NextRow(std::nullopt, texts, spans)) {
    if (!rows.empty() && texts.size() > rows.front().cells.size()) {
      throw InputError(fmt::format("{}:{}: expected {} cells, found {}", file.string(), scanner.line(),
                                   rows.front().cells.size(), texts.size()));
    }
    rows.push_back({scanner.line(), texts});
  }
  return rows;
}

std::vector<SheetRow> XlsxRows(const std::filesystem::path& file) {
  std::vector<SheetRow> rows;
  for (auto& [number, cells] : ReadXlsx(file)) rows.push_back({number, std::move(cells)});
  return rows;
}

}  // namespace

std::optional<std::size_t> Sheet::Column(std::string_view name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end()) return std::nullopt;
  if (std::find(found + 1, columns.end(), name) != columns.end()) {
    throw InputError(fmt::format("{}: two columns are called \"{}\"", file, name));
  }
  return static_cast<std::size_t>(found - columns.begin());
}

Sheet ReadSheet(const std::filesystem::path& file) {
  std::vector<SheetRow> rows = file.extension() == ".xlsx" ? XlsxRows(file) : TsvRows(file);
  std::erase_if(rows, [](const SheetRow& row) { return !HasText(row.cells); });
  if (rows.empty()) throw InputError(file.string() + ": expected a row of column names, found nothing");
  Sheet sheet{.file = file.string(), .columns = std::move(rows.front().cells)};
  sheet.rows.assign(std::make_move_iterator(rows.begin() + 1), std::make_move_iterator(rows.end()));
  for (SheetRow& row : sheet.rows) row.cells.resize(sheet.columns.size());
  return sheet;
}

}  // namespace tessera
