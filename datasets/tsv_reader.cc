#include "datasets/tsv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <unordered_map>
#include <utility>

#include "datasets/table_rows.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

constexpr std::size_t kMaxReference = 64;                 // a longer image cell is a picture
constexpr std::uint64_t kMaxImageListBytes = 256u << 20;  // of a cell that holds several pictures

struct ImageCell {
  TsvSpan span;
  std::string start;  // its first characters: the whole of a reference
};

/// What ReadTsv knows while it reads.
class TsvLoader {
 public:
  TsvLoader(const std::filesystem::path& file, TsvCells cells) : file_(file), rows_(file), cells_(cells) {}

  TsvTable Load() {
    ReadHeader();
    while (ReadRow()) {
    }
    if (cells_ == TsvCells::kPandas) InferTypes();
    ResolveImages();
    return std::move(table_);
  }

 private:
  [[noreturn]] void Fail(std::size_t line, const std::string& message) const {
    throw InputError(fmt::format("{}:{}: {}", file_.string(), line, message));
  }

  void ReadHeader() {
    std::vector<TsvSpan> spans;
    if (!rows_.NextRow({}, table_.columns, spans)) Fail(1, "expected a header row, found an empty file");
    std::vector<std::string> sorted = table_.columns;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) Fail(1, fmt::format("column \"{}\" stands twice in the header", Shorten(*twice, 60)));
    if (!rows_.is_workbook()) image_column_ = table_.Column("image");
    const auto index_column = table_.Column("index");
    if (!index_column) Fail(1, "expected a column \"index\" in the header, found none");
    index_column_ = *index_column;
  }

  bool ReadRow() {
    std::vector<std::string> texts;
    std::vector<TsvSpan> spans;
    if (!rows_.NextRow(image_column_, texts, spans)) return false;
    if (texts.size() != table_.columns.size()) {
      Fail(rows_.line(),
           fmt::format("expected {} cells as in the header, found {}", table_.columns.size(), texts.size()));
    }
    TsvRow row{.line = rows_.line()};
    ImageCell image;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i == image_column_) {
        image = {spans[i], std::move(texts[i])};
        row.cells.emplace_back();
      } else if (IsMissing(texts[i])) {
        row.cells.emplace_back();
      } else {
        row.cells.emplace_back(std::move(texts[i]));
      }
    }
    if (std::holds_alternative<std::monostate>(row.cells[index_column_])) {
      Fail(row.line, "field \"index\": expected an integer or a text, found nothing");
    }
    table_.rows.push_back(std::move(row));
    images_.push_back(std::move(image));
    return true;
  }

  bool IsMissing(std::string_view text) const {
    return cells_ == TsvCells::kPandas ? IsMissingText(text) : text.empty();
  }

  void InferTypes() {
    for (std::size_t column = 0; column < table_.columns.size(); ++column) {
      std::vector<TsvCell*> cells;
      cells.reserve(table_.rows.size());
      for (TsvRow& row : table_.rows) cells.push_back(&row.cells[column]);
      InferColumnType(cells);
    }
  }

  std::string IndexText(const TsvRow& row) const {
    const TsvCell& cell = row.cells[index_column_];
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    Fail(row.line, "field \"index\": expected integers or texts, found a column of fractions or truth values");
  }

  /// Drops rows without a picture, then gives each row its pictures in file order.
  void ResolveImages() {
    std::vector<TsvRow> rows;
    std::vector<ImageCell> images;
    std::unordered_map<std::string, std::size_t> row_of_index;
    for (std::size_t i = 0; i < table_.rows.size(); ++i) {
      TsvRow& row = table_.rows[i];
      if (image_column_ && IsMissing(images_[i].start)) {
        table_.dropped_lines.push_back(row.line);
        continue;
      }
      row.index = IndexText(row);
      const auto [it, is_new] = row_of_index.emplace(row.index, rows.size());
      if (!is_new) {
        Fail(row.line, fmt::format("field \"index\": {} stands in line {} already", Shorten(row.index, 60),
                                   rows[it->second].line));
      }
      rows.push_back(std::move(row));
      images.push_back(std::move(images_[i]));
    }
    table_.rows = std::move(rows);
    images_ = std::move(images);
    if (!image_column_) return;

    for (std::size_t i = 0; i < images_.size(); ++i) {
      if (images_[i].start.size() > kMaxReference) table_.rows[i].images = OwnPictures(i);
    }
    for (std::size_t i = 0; i < images_.size(); ++i) {
      const std::string& reference = images_[i].start;
      if (reference.size() > kMaxReference) continue;
      const auto it = row_of_index.find(reference);
      if (it == row_of_index.end() || table_.rows[it->second].images.empty()) {
        Fail(table_.rows[i].line,
             fmt::format("field \"image\": expected a base64 text of more than {} characters or the "
                         "index of a row that has its picture, found \"{}\"",
                         kMaxReference, Shorten(reference, kMaxReference)));
      }
      table_.rows[i].images = table_.rows[it->second].images;
    }
  }

  std::vector<ImageSource> OwnPictures(std::size_t row) const {
    const TsvSpan& span = images_[row].span;
    if (images_[row].start[0] != '[') return {{file_, span.offset, span.length}};
    if (span.length > kMaxImageListBytes)
      Fail(table_.rows[row].line, "field \"image\": the list is larger than 256 MiB");
    const std::string list = ReadFileRange(file_, span.offset, span.length);
    std::vector<ImageSource> pictures;
    std::size_t at = 1;
    while (true) {
      at = list.find_first_not_of(" ,", at);
      if (at == std::string::npos) break;
      const char quote = list[at];
      if (quote == ']' && at + 1 == list.size() && !pictures.empty()) return pictures;
      const std::size_t end = quote == '\'' ? list.find(quote, at + 1) : std::string::npos;
      if (end == std::string::npos) break;
      pictures.push_back({file_, span.offset + at + 1, end - at - 1});
      at = end + 1;
    }
    Fail(table_.rows[row].line, "field \"image\": expected a list ['...', '...'] of base64 texts, found a broken one");
  }

  std::filesystem::path file_;
  TableRows rows_;
  TsvCells cells_;
  TsvTable table_;
  std::vector<ImageCell> images_;  // of the rows of table_
  std::optional<std::size_t> image_column_;
  std::size_t index_column_ = 0;
};

}  // namespace

std::optional<std::size_t> TsvTable::Column(std::string_view name) const {
  const auto it = std::find(columns.begin(), columns.end(), name);
  if (it == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(it - columns.begin());
}

TsvTable ReadTsv(const std::filesystem::path& file, TsvCells cells) { return TsvLoader(file, cells).Load(); }

}  // namespace tessera
