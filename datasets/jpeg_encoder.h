// Pictures as JPEG, the way Pillow saves them by default.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/image.h"

namespace tessera {

/// `image` as a baseline JPEG file: quality 75, 4:2:0, slow-integer DCT, standard Huffman tables. The bytes are those
/// of Pillow's `Image.save(name.jpg)` with libjpeg-turbo. Throws kInput when a side is 0 or above 65535.
std::vector<std::uint8_t> EncodeJpeg(const Image& image);

/// `image` written as JPEG and read back.
Image ThroughJpeg(const Image& image);

}  // namespace tessera
