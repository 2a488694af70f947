// A decoded picture.
#pragma once

#include <cstdint>
#include <vector>

namespace tessera {

/// 8-bit sRGB pixels, [height, width, 3], row-major. A valid image has width, height >= 1 and 3 * width * height bytes.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

}  // namespace tessera
