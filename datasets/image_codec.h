// Encoded picture files to Image.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "datasets/image.h"

namespace tessera {

enum class ImageFormat { kJpeg, kPng, kWebp, kBmp, kGif };

/// The format that the first bytes of `bytes` name; file names play no part. Throws kInput for anything else.
ImageFormat DetectImageFormat(std::span<const std::uint8_t> bytes);

/// "JPEG", "PNG", ...
std::string_view ImageFormatName(ImageFormat format);

/// Largest picture that DecodeImage accepts, in pixels; checked against the header before anything is allocated.
inline constexpr std::int64_t kMaxImagePixels = 178'956'970;  // Pillow's MAX_IMAGE_PIXELS x 2, where Pillow itself refuses

/// Width and height from the header alone, without decoding. Throws kInput as DecodeImage does.
struct ImageSize {
  int width = 0;
  int height = 0;
};
ImageSize ReadImageSize(std::span<const std::uint8_t> bytes);

/// Decodes a JPEG, PNG, WebP, BMP or GIF (first frame) to 8-bit RGB exactly as Pillow's `Image.open(...).convert("RGB")`:
/// alpha is dropped, 16-bit RGB keeps its high byte, 16-bit grey saturates at 255, EXIF orientation and colour profiles are
/// ignored. Source: SPEC section 7.1. Throws kInput on a truncated, lying or oversized file; never returns part of a picture.
Image DecodeImage(std::span<const std::uint8_t> bytes);

}  // namespace tessera
