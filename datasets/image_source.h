// From an ImageSource to the encoded bytes of the picture.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "datasets/sample.h"

namespace tessera {

/// The encoded bytes of the picture. Throws kInput when the file or cell is missing or larger than
/// 256 MiB, or the base64 is broken.
std::vector<std::uint8_t> ReadImageBytes(const ImageSource& source);

/// "charts/a.png", "MMBench.tsv@12034" or "data.parquet@image:3" (column and row, from 1): for messages and the
/// journal.
std::string ImageSourceName(const ImageSource& source);

}  // namespace tessera
