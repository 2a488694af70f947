// Bytes of small safetensors files for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/json_fields.h"

namespace tessera {

/// A file with this header and data.
inline std::string SafetensorsBytes(std::string_view header, std::string_view data) {
  std::string bytes;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(header.size()) >> shift & 0xFF));
  }
  return (bytes += header) += data;
}

/// Appends to `header` the tensor `name` of zeros that follows `data`, and its bytes to `data`.
inline void AppendTensor(Json& header, std::string& data, const std::string& name, const std::string& type,
                         const std::vector<std::int64_t>& shape) {
  std::size_t bytes = type == "F32" ? 4 : type == "I64" ? 8 : 2;
  for (const std::int64_t side : shape) bytes *= static_cast<std::size_t>(side);
  header[name] = {{"dtype", type}, {"shape", shape}, {"data_offsets", {data.size(), data.size() + bytes}}};
  data.append(bytes, '\0');
}

}  // namespace tessera
