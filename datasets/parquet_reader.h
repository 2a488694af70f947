// Parquet files of Hugging Face data sets, with the pictures left in place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "datasets/sample.h"
#include "harness/base/json_fields.h"

namespace tessera {

/// Which columns are read; a file without one of them is refused, other columns are left alone.
struct ParquetColumns {
  std::vector<std::string> values;    // texts, numbers, truth values, lists and structs of them
  std::vector<std::string> pictures;  // structs of `bytes` (the encoded picture) and `path`
};

struct ParquetPicture {
  ImageSource source;
  std::string path;  // the file name that the data set gives it, or empty
};

struct ParquetRow {
  std::string where;                               // "data.parquet: row 12", for messages
  Json values;                                     // an object; null for a missing cell and for nan
  std::map<std::string, ParquetPicture> pictures;  // by column; a row need not have all of them
};

/// All rows of `file`, read row group by row group; of the pictures only their presence. Throws kInput, with file and
/// row or column, on a file that is no whole parquet file, a missing column, a column type that is not one of the
/// above, text that is not UTF-8, and a row group with more than 256 MiB in `columns.values`.
std::vector<ParquetRow> ReadParquet(const std::filesystem::path& file, const ParquetColumns& columns);

/// The encoded bytes of the picture in row `source.row` (counted over the whole file) of column `source.column`. Reads
/// the file page by page and holds one page, which is at most a row group. Throws kInput when there is none, or it is
/// larger than `max_bytes`.
std::vector<std::uint8_t> ReadParquetPicture(const ImageSource& source, std::uint64_t max_bytes);

}  // namespace tessera
