// One decoder per picture format, behind DecodeImage.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "datasets/image.h"
#include "datasets/image_codec.h"

namespace tessera {

/// Width x height as a size that may be allocated. Throws kInput when a side is below 1 or the area exceeds
/// kMaxImagePixels; `format` opens the message.
ImageSize CheckedSize(std::int64_t width, std::int64_t height, std::string_view format);

/// The size from the header, and the whole picture, of a file whose first bytes already named its format.
/// All throw kInput on anything that is not a complete picture of that format.
ImageSize ReadJpegSize(std::span<const std::uint8_t> bytes);
Image DecodeJpeg(std::span<const std::uint8_t> bytes);

ImageSize ReadPngSize(std::span<const std::uint8_t> bytes);
Image DecodePng(std::span<const std::uint8_t> bytes);

ImageSize ReadWebpSize(std::span<const std::uint8_t> bytes);
Image DecodeWebp(std::span<const std::uint8_t> bytes);

ImageSize ReadBmpSize(std::span<const std::uint8_t> bytes);
Image DecodeBmp(std::span<const std::uint8_t> bytes);

ImageSize ReadGifSize(std::span<const std::uint8_t> bytes);
Image DecodeGif(std::span<const std::uint8_t> bytes);

}  // namespace tessera
