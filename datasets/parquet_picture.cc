#include <parquet/column_reader.h>

#include "datasets/parquet_file.h"
#include "datasets/parquet_reader.h"

namespace tessera {
namespace {

/// The row group that holds row `row`, which becomes the row within it.
std::shared_ptr<parquet::RowGroupReader> RowGroupOf(parquet::ParquetFileReader& reader, std::int64_t& row) {
  const auto metadata = reader.metadata();
  for (int group = 0; group < metadata->num_row_groups(); ++group) {
    const std::int64_t rows = metadata->RowGroup(group)->num_rows();
    if (row < rows) return reader.RowGroup(group);
    row -= rows;
  }
  return nullptr;
}

std::vector<std::uint8_t> ReadCell(parquet::ParquetFileReader& reader, const ImageSource& source,
                                   std::uint64_t max_bytes) {
  const auto fail = [&](const std::string& message) {
    throw InputError(
        fmt::format("{}: row {}: column \"{}\": {}", source.file.string(), source.row + 1, source.column, message));
  };
  const int leaf = FindLeaf(*reader.metadata()->schema(), source.column + ".bytes");
  auto row = static_cast<std::int64_t>(source.row);
  const auto group = RowGroupOf(reader, row);
  if (leaf < 0 || group == nullptr) fail("expected a picture, found no such row and column");
  const auto column = std::dynamic_pointer_cast<parquet::ByteArrayReader>(group->Column(leaf));
  if (column == nullptr || column->descr()->max_repetition_level() > 0) fail("expected bytes, found another type");

  std::int16_t level = 0;
  std::int64_t values = 0;
  parquet::ByteArray bytes;
  if (column->Skip(row) != row) fail("expected a picture, found the end of the data");
  column->ReadBatch(1, &level, nullptr, &bytes, &values);
  if (values != 1) fail("expected a picture, found nothing");
  if (bytes.len > max_bytes) fail(fmt::format("expected at most {} bytes, found {}", max_bytes, bytes.len));
  return {bytes.ptr, bytes.ptr + bytes.len};
}

}  // namespace

std::vector<std::uint8_t> ReadParquetPicture(const ImageSource& source, std::uint64_t max_bytes) {
  return WithParquetErrors(source.file, [&] {
    const auto reader = OpenParquet(source.file);
    return ReadCell(*reader, source, max_bytes);
  });
}

}  // namespace tessera
