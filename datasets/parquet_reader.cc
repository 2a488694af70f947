#include "datasets/parquet_reader.h"

#include <arrow/array.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/column_reader.h>

#include <cmath>

#include "datasets/parquet_file.h"

namespace tessera {
namespace {

constexpr std::int64_t kMaxRowGroupBytes = 256 << 20;
constexpr int kMaxDepth = 8;

template <typename T>
T ValueOrThrow(arrow::Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.status().message());
  return std::move(result).ValueUnsafe();
}

[[noreturn]] void FailColumn(const std::filesystem::path& file, std::string_view column, const std::string& message) {
  throw InputError(fmt::format("{}: column \"{}\": {}", file.string(), column, message));
}

/// The cell as JSON. Throws std::runtime_error for a type that is no text, number, truth value, list or struct.
Json CellJson(const arrow::Array& array, std::int64_t i, int depth = 0);

template <typename ListArray>
Json ListJson(const arrow::Array& array, std::int64_t i, int depth) {
  const auto& list = static_cast<const ListArray&>(array);
  Json items = Json::array();
  for (auto k = list.value_offset(i); k < list.value_offset(i + 1); ++k) {
    items.push_back(CellJson(*list.values(), k, depth));
  }
  return items;
}

template <typename NumberArray>
Json NumberJson(const arrow::Array& array, std::int64_t i) {
  const auto value = static_cast<const NumberArray&>(array).Value(i);
  if constexpr (std::is_floating_point_v<decltype(value)>) {
    if (std::isnan(value)) return nullptr;
  }
  return value;
}

Json StructJson(const arrow::StructArray& array, std::int64_t i, int depth) {
  Json object = Json::object();
  for (int field = 0; field < array.num_fields(); ++field) {
    object[array.struct_type()->field(field)->name()] = CellJson(*array.field(field), i, depth);
  }
  return object;
}

Json CellJson(const arrow::Array& array, std::int64_t i, int depth) {
  using arrow::Type;
  if (array.IsNull(i) || depth > kMaxDepth) return nullptr;
  switch (array.type_id()) {
    case Type::STRING:
      return std::string(static_cast<const arrow::StringArray&>(array).GetView(i));
    case Type::LARGE_STRING:
      return std::string(static_cast<const arrow::LargeStringArray&>(array).GetView(i));
    case Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(array).Value(i);
    case Type::INT32:
      return NumberJson<arrow::Int32Array>(array, i);
    case Type::INT64:
      return NumberJson<arrow::Int64Array>(array, i);
    case Type::FLOAT:
      return NumberJson<arrow::FloatArray>(array, i);
    case Type::DOUBLE:
      return NumberJson<arrow::DoubleArray>(array, i);
    case Type::LIST:
      return ListJson<arrow::ListArray>(array, i, depth + 1);
    case Type::LARGE_LIST:
      return ListJson<arrow::LargeListArray>(array, i, depth + 1);
    case Type::STRUCT:
      return StructJson(static_cast<const arrow::StructArray&>(array), i, depth + 1);
    default:
      throw std::runtime_error("type " + array.type()->ToString() + " is not supported");
  }
}

/// Which rows of a row group have picture bytes.
std::vector<bool> RowsWithBytes(parquet::RowGroupReader& group, int leaf) {
  const auto column = std::dynamic_pointer_cast<parquet::ByteArrayReader>(group.Column(leaf));
  if (column == nullptr) throw std::runtime_error("pictures are not stored as bytes");
  std::vector<bool> present;
  while (column->HasNext()) {
    std::int16_t level = 0;
    std::int64_t values = 0;
    parquet::ByteArray bytes;
    if (column->ReadBatch(1, &level, nullptr, &bytes, &values) == 0) break;
    present.push_back(values == 1);
  }
  return present;
}

class ParquetLoader {
 public:
  ParquetLoader(const std::filesystem::path& file, const ParquetColumns& columns) : file_(file), columns_(columns) {
    std::unique_ptr<parquet::ParquetFileReader> pages = OpenParquet(file);
    pages_ = pages.get();
    rows_ = ValueOrThrow(parquet::arrow::FileReader::Make(arrow::default_memory_pool(), std::move(pages)));
    const parquet::SchemaDescriptor& schema = *pages_->metadata()->schema();
    for (const std::string& column : columns.values) AddValueColumn(schema, column);
    for (const std::string& column : columns.pictures) AddPictureColumn(schema, column);
  }

  std::vector<ParquetRow> Load() {
    std::vector<ParquetRow> rows;
    for (int group = 0; group < rows_->num_row_groups(); ++group) AddRowGroup(group, rows);
    return rows;
  }

 private:
  void AddValueColumn(const parquet::SchemaDescriptor& schema, const std::string& column) {
    const std::size_t before = leaves_.size();
    for (int leaf = 0; leaf < schema.num_columns(); ++leaf) {
      if (schema.GetColumnRoot(leaf)->name() == column) leaves_.push_back(leaf);
    }
    if (leaves_.size() == before) FailColumn(file_, column, "expected such a column, found none");
  }

  void AddPictureColumn(const parquet::SchemaDescriptor& schema, const std::string& column) {
    const int bytes = FindLeaf(schema, column + ".bytes");
    const int path = FindLeaf(schema, column + ".path");
    if (bytes < 0 || path < 0) FailColumn(file_, column, "expected a struct of `bytes` and `path`, found none");
    leaves_.push_back(path);
    bytes_leaves_.push_back(bytes);
  }

  void CheckSize(int group) const {
    const auto metadata = pages_->metadata()->RowGroup(group);
    std::int64_t bytes = 0;
    for (const int leaf : leaves_) bytes += metadata->ColumnChunk(leaf)->total_uncompressed_size();
    if (bytes < 0 || bytes > kMaxRowGroupBytes) {
      throw std::runtime_error(fmt::format("row group {}: more than {} bytes", group, kMaxRowGroupBytes));
    }
  }

  void AddRowGroup(int group, std::vector<ParquetRow>& rows) {
    CheckSize(group);
    const auto in_chunks = ValueOrThrow(rows_->ReadRowGroup(group, leaves_));
    if (const auto status = in_chunks->ValidateFull(); !status.ok()) throw std::runtime_error(status.message());
    const auto table = ValueOrThrow(in_chunks->CombineChunks());
    const auto first = rows.size();
    for (std::int64_t i = 0; i < table->num_rows(); ++i) {
      rows.push_back({.where = fmt::format("{}: row {}", file_.string(), rows.size() + 1), .values = Json::object()});
    }
    for (const std::string& column : columns_.values) {
      const auto array = Column(*table, column);
      for (std::int64_t i = 0; i < table->num_rows(); ++i) {
        rows[first + static_cast<std::size_t>(i)].values[column] = Cell(*array, column, i);
      }
    }
    for (std::size_t k = 0; k < columns_.pictures.size(); ++k) {
      const std::string& column = columns_.pictures[k];
      AddPictures(group, *Column(*table, column), column, bytes_leaves_[k], first, rows);
    }
  }

  std::shared_ptr<arrow::ChunkedArray> Column(const arrow::Table& table, const std::string& name) const {
    const auto column = table.GetColumnByName(name);
    if (column == nullptr) FailColumn(file_, name, "expected one such column, found several");
    return column;
  }

  Json Cell(const arrow::ChunkedArray& column, const std::string& name, std::int64_t i) const {
    try {
      return CellJson(*column.chunk(0), i);
    } catch (const std::runtime_error& error) {
      FailColumn(file_, name, error.what());
    }
  }

  /// A picture with a path has bytes too, or its sample fails when they are read. Without a path only the bytes tell.
  void AddPictures(int group, const arrow::ChunkedArray& structs, const std::string& column, int bytes_leaf,
                   std::size_t first, std::vector<ParquetRow>& rows) const {
    std::vector<bool> with_bytes;
    for (std::int64_t i = 0; i < structs.length(); ++i) {
      const auto row = first + static_cast<std::size_t>(i);
      const Json cell = Cell(structs, column, i);
      if (cell.is_null()) continue;
      const Json& path = cell.at("path");
      if (path.is_null()) {
        if (with_bytes.empty()) with_bytes = RowsWithBytes(*pages_->RowGroup(group), bytes_leaf);
        if (!with_bytes.at(static_cast<std::size_t>(i))) continue;
      }
      ParquetPicture& picture = rows[row].pictures[column];
      picture.source.file = file_;
      picture.source.column = column;
      picture.source.row = row;
      if (path.is_string()) picture.path = path.get<std::string>();
    }
  }

  std::filesystem::path file_;
  const ParquetColumns& columns_;
  std::unique_ptr<parquet::arrow::FileReader> rows_;
  parquet::ParquetFileReader* pages_ = nullptr;  // inside rows_
  std::vector<int> leaves_;                      // that are read as rows
  std::vector<int> bytes_leaves_;                // of columns_.pictures
};

}  // namespace

std::unique_ptr<parquet::ParquetFileReader> OpenParquet(const std::filesystem::path& file) {
  std::error_code unreadable;
  if (!std::filesystem::is_regular_file(file, unreadable)) {
    throw InputError(fmt::format("{}: not a file that can be read", file.string()));
  }
  parquet::ReaderProperties properties;
  properties.enable_buffered_stream();
  return parquet::ParquetFileReader::OpenFile(file.string(), /*memory_map=*/false, properties);
}

int FindLeaf(const parquet::SchemaDescriptor& schema, std::string_view path) {
  for (int leaf = 0; leaf < schema.num_columns(); ++leaf) {
    if (schema.Column(leaf)->path()->ToDotString() == path) return leaf;
  }
  return -1;
}

std::vector<ParquetRow> ReadParquet(const std::filesystem::path& file, const ParquetColumns& columns) {
  return WithParquetErrors(file, [&] { return ParquetLoader(file, columns).Load(); });
}

}  // namespace tessera
