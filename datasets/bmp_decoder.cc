// BMP as Pillow 10.3 reads it (BmpImagePlugin.py: _bitmap, BmpRleDecoder), its quirks included where a file opens at
// all.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "datasets/decoders.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

constexpr std::size_t kFileHeaderBytes = 14;
constexpr std::uint32_t kRaw = 0, kRle8 = 1, kRle4 = 2, kBitfields = 3;

using Bytes = std::span<const std::uint8_t>;
using Rgb = std::array<std::uint8_t, 3>;

/// What the headers say about the pixels.
struct Layout {
  ImageSize size;
  bool top_down = false;
  unsigned bits = 0;  ///< per pixel
  std::uint32_t compression = kRaw;
  std::array<std::uint32_t, 3> masks{0xFF0000, 0xFF00, 0xFF};  ///< R, G, B within a pixel of 16, 24 or 32 bits
  std::size_t palette_start = 0, palette_entry_bytes = 4, palette_size = 0;
  std::size_t pixels_start = 0;

  bool has_palette() const { return bits <= 8; }
  std::size_t stride() const { return (static_cast<std::size_t>(size.width) * bits + 31) / 32 * 4; }
};

/// Little-endian value of `count` bytes at `offset`.
std::uint32_t Value(Bytes bytes, std::size_t offset, std::size_t count) {
  if (offset > bytes.size() || count > bytes.size() - offset) {
    throw InputError(fmt::format("BMP: ends at byte {}, expected {} more at {}", bytes.size(), count, offset));
  }
  std::uint32_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | bytes[offset + i];
  return value;
}

/// The channel masks of a bit-field file at `offset`: only the layouts that Pillow knows.
std::array<std::uint32_t, 3> ReadMasks(Bytes bytes, std::size_t offset, unsigned bits, bool has_alpha) {
  struct Known {
    unsigned bits;
    std::array<std::uint32_t, 3> rgb;
    std::uint32_t alpha;
  };
  static constexpr Known kKnown[] = {
      {32, {0xFF0000, 0xFF00, 0xFF}, 0},
      {32, {0xFF0000, 0xFF00, 0xFF}, 0xFF000000},
      {32, {0xFF000000, 0xFF0000, 0xFF00}, 0},
      {32, {0xFF000000, 0xFF0000, 0xFF00}, 0xFF},
      {32, {0xFF, 0xFF00, 0xFF0000}, 0xFF000000},
      {24, {0xFF0000, 0xFF00, 0xFF}, 0},
      {16, {0xF800, 0x7E0, 0x1F}, 0},
      {16, {0x7C00, 0x3E0, 0x1F}, 0},
  };
  const std::array<std::uint32_t, 3> rgb{Value(bytes, offset, 4), Value(bytes, offset + 4, 4),
                                         Value(bytes, offset + 8, 4)};
  const std::uint32_t alpha = has_alpha ? Value(bytes, offset + 12, 4) : 0;
  if (bits == 32 && rgb == std::array<std::uint32_t, 3>{} && alpha == 0) return Layout{}.masks;
  for (const Known& known : kKnown) {
    if (known.bits == bits && known.rgb == rgb && (bits != 32 || known.alpha == alpha)) return rgb;
  }
  throw InputError(fmt::format("BMP: unknown channel masks {:#x} {:#x} {:#x} {:#x} for {} bits", rgb[0], rgb[1], rgb[2],
                               alpha, bits));
}

/// The sizes and the coding, from the header of `header_bytes` bytes; the position of palette and pixels is left open.
Layout ReadInfoHeader(Bytes bytes, std::uint32_t header_bytes) {
  Layout layout;
  std::int64_t width = 0, height = 0;
  if (header_bytes == 12) {  // OS/2
    width = Value(bytes, 18, 2);
    height = Value(bytes, 20, 2);
    layout.bits = Value(bytes, 24, 2);
    layout.palette_entry_bytes = 3;
  } else {
    width = Value(bytes, 18, 4);
    height = Value(bytes, 22, 4);
    layout.top_down = Value(bytes, 25, 1) == 0xFF;
    if (layout.top_down) height = (std::int64_t{1} << 32) - height;
    layout.bits = Value(bytes, 28, 2);
    layout.compression = Value(bytes, 30, 4);
    layout.palette_size = Value(bytes, 46, 4);
  }
  layout.size = CheckedSize(width, height, "BMP");
  if (layout.compression > kBitfields) throw InputError(fmt::format("BMP: unknown compression {}", layout.compression));
  static constexpr unsigned kDepths[] = {1, 4, 8, 16, 24, 32};
  if (std::find(std::begin(kDepths), std::end(kDepths), layout.bits) == std::end(kDepths)) {
    throw InputError(fmt::format("BMP: {} bits a pixel, expected 1, 4, 8, 16, 24 or 32", layout.bits));
  }
  if (layout.bits == 16) layout.masks = {0x7C00, 0x3E0, 0x1F};
  if (layout.has_palette() && layout.palette_size == 0) layout.palette_size = std::size_t{1} << layout.bits;
  return layout;
}

Layout ReadLayout(Bytes bytes) {
  const std::uint32_t header_bytes = Value(bytes, kFileHeaderBytes, 4);
  static constexpr std::uint32_t kHeaders[] = {12, 40, 64, 108, 124};
  if (std::find(std::begin(kHeaders), std::end(kHeaders), header_bytes) == std::end(kHeaders)) {
    throw InputError(fmt::format("BMP: a header of {} bytes, expected 12, 40, 64, 108 or 124", header_bytes));
  }
  const std::size_t header_end = kFileHeaderBytes + header_bytes;
  Value(bytes, header_end - 1, 1);  // the whole header is there

  Layout layout = ReadInfoHeader(bytes, header_bytes);
  layout.palette_start = header_end;
  std::size_t extra_end = header_end;
  if (layout.compression == kBitfields) {
    const bool masks_in_header = header_bytes > 40;
    layout.masks = ReadMasks(bytes, kFileHeaderBytes + 40, layout.bits, masks_in_header);
    if (!masks_in_header) extra_end += 12;
  }
  layout.pixels_start = Value(bytes, 10, 4);
  if (layout.has_palette()) {
    if (layout.palette_size > 256) {
      throw InputError(fmt::format("BMP: a palette of {} colours, expected at most 256", layout.palette_size));
    }
    extra_end += layout.palette_entry_bytes * layout.palette_size;
    if (layout.pixels_start == header_end)
      layout.pixels_start += 4 * layout.palette_size;  // a start without the palette
  }
  if (layout.pixels_start == 0) layout.pixels_start = extra_end;
  return layout;
}

/// The colour of every index; black past the palette's end.
struct Palette {
  std::array<Rgb, 256> colors{};
  bool grey_levels = false;  ///< colour i is grey level i, or two colours are black and white
};

Palette ReadPalette(Bytes bytes, const Layout& layout) {
  Palette palette{.grey_levels = true};
  for (std::size_t i = 0; i < layout.palette_size; ++i) {
    const std::uint32_t bgr = Value(bytes, layout.palette_start + i * layout.palette_entry_bytes, 3);
    palette.colors[i] = {static_cast<std::uint8_t>(bgr >> 16), static_cast<std::uint8_t>(bgr >> 8),
                         static_cast<std::uint8_t>(bgr)};
    const auto level = static_cast<std::uint8_t>(layout.palette_size == 2 ? i * 255 : i);
    palette.grey_levels = palette.grey_levels && palette.colors[i] == Rgb{level, level, level};
  }
  if (palette.grey_levels && layout.palette_size != 2) {
    for (std::size_t i = 0; i < palette.colors.size(); ++i) palette.colors[i].fill(static_cast<std::uint8_t>(i));
  }
  return palette;
}

/// The palette indices of a run-length coded picture, in file order. Fails when they end early.
/// Kept quirks of BmpRleDecoder: a run stops at the row's edge, a literal run does not; a literal run of 4-bit pixels
/// loses its odd last one; a jump's distances are read two bytes late.
std::vector<std::uint8_t> DecodeRuns(Bytes bytes, const Layout& layout) {
  const bool rle4 = layout.compression == kRle4;
  const auto width = static_cast<std::size_t>(layout.size.width);
  const std::size_t total = width * static_cast<std::size_t>(layout.size.height);
  std::vector<std::uint8_t> indices;
  const auto append = [&](std::size_t count, std::uint8_t index) {
    indices.resize(indices.size() + std::min(count, total - indices.size()), index);
  };
  std::size_t at = layout.pixels_start, x = 0;
  while (indices.size() < total) {
    const std::size_t run = Value(bytes, at, 1);
    const auto code = static_cast<std::uint8_t>(Value(bytes, at + 1, 1));
    at += 2;
    if (run > 0) {
      const std::size_t count = std::min(run, width - std::min(x, width));
      for (std::size_t i = 0; i < count; ++i) {
        append(1, static_cast<std::uint8_t>(!rle4 ? code : i % 2 == 0 ? code >> 4 : code & 15));
      }
      x += count;
    } else if (code == 0) {  // end of line
      append((width - indices.size() % width) % width, 0);
      x = 0;
    } else if (code == 1) {  // end of picture
      break;
    } else if (code == 2) {  // jump
      append(Value(bytes, at + 2, 1) + Value(bytes, at + 3, 1) * width, 0);
      at += 4;
      x = indices.size() % width;
    } else {  // literal run
      const std::size_t byte_count = rle4 ? code / 2u : code;
      for (std::size_t i = 0; i < byte_count; ++i, ++at) {
        const auto byte = static_cast<std::uint8_t>(Value(bytes, at, 1));
        append(1, static_cast<std::uint8_t>(rle4 ? byte >> 4 : byte));
        if (rle4) append(1, byte & 15);
      }
      x += code;
      at += at % 2;
    }
  }
  if (indices.size() < total) {
    throw InputError(fmt::format("BMP: {} pixels in the runs, expected {}", indices.size(), total));
  }
  return indices;
}

/// RGB of one row of packed indices, the first in the high bits.
void UnpackIndices(const std::uint8_t* packed, unsigned bits, const Palette& palette, std::span<std::uint8_t> rgb) {
  const unsigned per_byte = 8 / bits;
  for (std::size_t x = 0; x < rgb.size() / 3; ++x) {
    const unsigned shift = 8 - bits * (static_cast<unsigned>(x % per_byte) + 1);
    const unsigned index = packed[x / per_byte] >> shift & ((1u << bits) - 1);
    std::memcpy(&rgb[3 * x], palette.colors[index].data(), 3);
  }
}

/// RGB of one row of 16, 24 or 32-bit pixels; channels of fewer than 8 bits are stretched to 0..255, rounded down.
void UnpackPixels(const std::uint8_t* packed, const Layout& layout, std::span<std::uint8_t> rgb) {
  const std::size_t pixel_bytes = layout.bits / 8;
  for (std::size_t x = 0; x < rgb.size() / 3; ++x) {
    const std::uint32_t pixel = Value({packed + x * pixel_bytes, pixel_bytes}, 0, pixel_bytes);
    for (std::size_t c = 0; c < 3; ++c) {
      const int shift = std::countr_zero(layout.masks[c]);
      const std::uint32_t level = (pixel & layout.masks[c]) >> shift;
      rgb[3 * x + c] = static_cast<std::uint8_t>(level * 255 / (layout.masks[c] >> shift));
    }
  }
}

}  // namespace

ImageSize ReadBmpSize(Bytes bytes) { return ReadLayout(bytes).size; }

Image DecodeBmp(Bytes bytes) {
  const Layout layout = ReadLayout(bytes);
  const auto width = static_cast<std::size_t>(layout.size.width), height = static_cast<std::size_t>(layout.size.height);
  Palette palette;
  if (layout.has_palette()) palette = ReadPalette(bytes, layout);
  // Kept quirk: Pillow reads a picture of grey levels as 8 bits a pixel, one of black and white as 1 bit a pixel,
  // whatever depth the header gives. (Rows that then overlap are refused.)
  unsigned bits = layout.bits;
  if (palette.grey_levels) bits = layout.palette_size == 2 ? 1 : 8;
  std::size_t stride = layout.stride();

  std::vector<std::uint8_t> indices;
  const bool runs = layout.compression == kRle8 || layout.compression == kRle4;
  if (runs) {
    if (!layout.has_palette() || bits == 1) throw InputError(fmt::format("BMP: runs of {}-bit pixels", bits));
    indices = DecodeRuns(bytes, layout);
    bits = 8;
    stride = width;
  }
  const Bytes rows = runs ? Bytes(indices) : bytes.subspan(std::min(layout.pixels_start, bytes.size()));
  const std::size_t row_bytes = (width * bits + 7) / 8;
  if (row_bytes > stride || rows.size() < stride * (height - 1) + row_bytes) {
    throw InputError(fmt::format("BMP: {} bytes of pixels, expected {} rows of {}", rows.size(), height, row_bytes));
  }

  Image image{.width = layout.size.width, .height = layout.size.height};
  image.rgb.resize(3 * width * height);
  for (std::size_t i = 0; i < height; ++i) {
    const std::uint8_t* const row = rows.data() + i * stride;
    const std::size_t y = layout.top_down ? i : height - 1 - i;
    const std::span rgb(image.rgb.data() + 3 * width * y, 3 * width);
    if (layout.has_palette()) {
      UnpackIndices(row, bits, palette, rgb);
    } else {
      UnpackPixels(row, layout, rgb);
    }
  }
  return image;
}

}  // namespace tessera
