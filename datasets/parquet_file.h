// Opening parquet files through Arrow, whose errors become ours. Internal to parquet_reader.cc and parquet_picture.cc.
#pragma once

#include <fmt/format.h>
#include <parquet/file_reader.h>

#include <filesystem>
#include <memory>
#include <string_view>

#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {

/// Opens `file` so that columns are read page by page. Throws kInput for what is not a regular file, and Arrow's own
/// exceptions.
std::unique_ptr<parquet::ParquetFileReader> OpenParquet(const std::filesystem::path& file);

/// The number of the leaf column called `path` ("image.bytes"), or -1.
int FindLeaf(const parquet::SchemaDescriptor& schema, std::string_view path);

/// Runs `read`; whatever Arrow throws becomes kInput with the file's name.
template <typename Read>
auto WithParquetErrors(const std::filesystem::path& file, Read read) {
  try {
    return read();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw InputError(fmt::format("{}: not a readable parquet file: {}", file.string(), Shorten(error.what(), 300)));
  }
}

}  // namespace tessera
