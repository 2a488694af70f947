#include "datasets/image_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "datasets/decoders.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

bool HasAt(std::span<const std::uint8_t> bytes, std::size_t offset, std::string_view magic) {
  return bytes.size() >= offset + magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

std::string HexOfFirstBytes(std::span<const std::uint8_t> bytes) {
  std::string hex;
  for (const std::uint8_t byte : bytes.first(std::min<std::size_t>(bytes.size(), 12))) {
    hex += fmt::format("{}{:02x}", hex.empty() ? "" : " ", byte);
  }
  return hex;
}

struct Decoder {
  std::string_view name;
  ImageSize (*read_size)(std::span<const std::uint8_t>);
  Image (*decode)(std::span<const std::uint8_t>);
};

constexpr std::array<Decoder, 5> kDecoders{{
    {"JPEG", ReadJpegSize, DecodeJpeg},
    {"PNG", ReadPngSize, DecodePng},
    {"WebP", ReadWebpSize, DecodeWebp},
    {"BMP", ReadBmpSize, DecodeBmp},
    {"GIF", ReadGifSize, DecodeGif},
}};

const Decoder& DecoderOf(ImageFormat format) { return kDecoders.at(static_cast<std::size_t>(format)); }

}  // namespace

ImageFormat DetectImageFormat(std::span<const std::uint8_t> bytes) {
  if (HasAt(bytes, 0, "\xFF\xD8\xFF")) return ImageFormat::kJpeg;
  if (HasAt(bytes, 0, "\x89PNG\r\n\x1A\n")) return ImageFormat::kPng;
  if (HasAt(bytes, 0, "RIFF") && HasAt(bytes, 8, "WEBP")) return ImageFormat::kWebp;
  if (HasAt(bytes, 0, "BM")) return ImageFormat::kBmp;
  if (HasAt(bytes, 0, "GIF87a") || HasAt(bytes, 0, "GIF89a")) return ImageFormat::kGif;
  throw InputError(bytes.empty() ? "expected a JPEG, PNG, WebP, BMP or GIF, found 0 bytes"
                                 : fmt::format("expected a JPEG, PNG, WebP, BMP or GIF, found bytes {}",
                                               HexOfFirstBytes(bytes)));
}

std::string_view ImageFormatName(ImageFormat format) { return DecoderOf(format).name; }

ImageSize ReadImageSize(std::span<const std::uint8_t> bytes) {
  return DecoderOf(DetectImageFormat(bytes)).read_size(bytes);
}

Image DecodeImage(std::span<const std::uint8_t> bytes) { return DecoderOf(DetectImageFormat(bytes)).decode(bytes); }

ImageSize CheckedSize(std::int64_t width, std::int64_t height, std::string_view format) {
  constexpr std::int64_t kMaxSide = std::numeric_limits<std::int32_t>::max();
  if (width < 1 || height < 1)
    throw InputError(fmt::format("{}: the picture is {} x {} pixels", format, width, height));
  if (width > kMaxSide || height > kMaxSide || width * height > kMaxImagePixels) {
    throw InputError(fmt::format("{}: the picture is {} x {} pixels, expected at most {} in all", format, width, height,
                                 kMaxImagePixels));
  }
  return {.width = static_cast<int>(width), .height = static_cast<int>(height)};
}

}  // namespace tessera
