#include "datasets/table_rows.h"

#include <algorithm>

#include "datasets/xlsx_reader.h"

namespace tessera {

TableRows::TableRows(const std::filesystem::path& file) {
  if (file.extension() == ".xlsx") {
    workbook_ = ReadXlsx(file);
  } else {
    scanner_.emplace(file);
  }
}

bool TableRows::NextRow(std::optional<std::size_t> long_column, std::vector<std::string>& texts,
                        std::vector<TsvSpan>& spans) {
  if (scanner_) return scanner_->NextRow(long_column, texts, spans);
  while (next_ < workbook_.size()) {
    auto& [number, cells] = workbook_[next_++];
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    if (cells.empty()) continue;
    row_number_ = number;
    texts = std::move(cells);
    if (width_ == 0) width_ = texts.size();
    texts.resize(std::max(texts.size(), width_));
    spans.assign(texts.size(), {});
    return true;
  }
  return false;
}

}  // namespace tessera
