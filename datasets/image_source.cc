#include "datasets/image_source.h"

#include <fmt/format.h>

#include "datasets/base64.h"
#include "datasets/parquet_reader.h"
#include "harness/base/error.h"
#include "harness/base/files.h"

namespace tessera {
namespace {

constexpr std::uint64_t kMaxEncodedBytes = 256u << 20;
constexpr std::uint64_t kMaxBase64Bytes = kMaxEncodedBytes / 3 * 4 + 4;

}  // namespace

std::vector<std::uint8_t> ReadImageBytes(const ImageSource& source) {
  if (!source.column.empty()) return ReadParquetPicture(source, kMaxEncodedBytes);
  if (source.length == 0) {
    const std::string content = ReadFile(source.file, kMaxEncodedBytes);
    return {content.begin(), content.end()};
  }
  if (source.length > kMaxBase64Bytes) {
    throw InputError(fmt::format("{}: {} bytes of base64, expected at most {}", ImageSourceName(source), source.length,
                                 kMaxBase64Bytes));
  }
  const std::string text = ReadFileRange(source.file, source.offset, source.length);
  try {
    return DecodeBase64(text);
  } catch (const Error& error) {
    throw InputError(fmt::format("{}: {}", ImageSourceName(source), error.what()));
  }
}

std::string ImageSourceName(const ImageSource& source) {
  if (!source.column.empty()) {
    return fmt::format("{}@{}:{}", source.file.generic_string(), source.column, source.row + 1);
  }
  if (source.length == 0) return source.file.generic_string();
  return fmt::format("{}@{}", source.file.generic_string(), source.offset);
}

}  // namespace tessera
