// The JSON header of a safetensors file: which tensor lies where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/safetensors.h"

namespace tessera {

/// A tensor as the header states it; `begin` and `end` count bytes from the end of the header.
struct SafetensorsEntry {
  std::string name;
  DataType type = DataType::kF32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// The tensors of `header` in file order. They are checked to fill the `data_bytes` after the header exactly: sizes
/// equal to shape x type, no gap, no overlap, no duplicate name. Throws kInput; `where` (the file) opens the message.
/// Source: the format's README (huggingface/safetensors).
std::vector<SafetensorsEntry> ParseSafetensorsHeader(std::string_view header, std::uint64_t data_bytes,
                                                     const std::string& where);

}  // namespace tessera
