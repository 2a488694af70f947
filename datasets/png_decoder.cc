// PNG by libpng, converted as Pillow converts.
#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "datasets/decoders.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

/// A libpng reader over bytes in memory. libpng reports errors by a jump, so its calls are made through Run.
class PngReader {
 public:
  explicit PngReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, OnError, [](png_structp, png_const_charp) {});
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw EnvironmentError("PNG: no memory for a reader");
    }
    png_set_read_fn(png_, this, OnRead);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // CheckedSize has the limit
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  png_structp png() { return png_; }
  png_infop info() { return info_; }

  /// Calls `step`; throws kInput when libpng gives up inside it. The jump skips destructors, so `step` must own
  /// nothing.
  template <typename Step>
  void Run(const Step& step) {
    if (setjmp(png_jmpbuf(png_)) != 0) throw InputError(fmt::format("PNG: {}", message_.data()));
    step();
  }

 private:
  [[noreturn]] static void OnError(png_structp png, png_const_charp message) {
    auto& self = *static_cast<PngReader*>(png_get_error_ptr(png));
    std::strncpy(self.message_.data(), message, self.message_.size() - 1);
    png_longjmp(png, 1);
  }

  static void OnRead(png_structp png, png_bytep out, std::size_t length) {
    auto& self = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (length > self.rest_.size()) png_error(png, "the file is truncated");
    std::copy_n(self.rest_.begin(), length, out);
    self.rest_ = self.rest_.subspan(length);
  }

  std::span<const std::uint8_t> rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::array<char, 256> message_{};
};

ImageSize ReadHeader(PngReader& reader) {
  reader.Run([&] { png_read_info(reader.png(), reader.info()); });
  return CheckedSize(png_get_image_width(reader.png(), reader.info()),
                     png_get_image_height(reader.png(), reader.info()), "PNG");
}

/// Asks libpng for 8-bit RGB: palette looked up, 1, 2 and 4 bit grey spread over 0..255, alpha dropped, the high byte
/// of 16 bits. A transparent colour (tRNS) never becomes alpha.
void RequestRgb(PngReader& reader) {
  png_structp png = reader.png();
  const int color_type = png_get_color_type(png, reader.info());
  if (color_type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (color_type == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  if ((color_type & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png);
}

/// Reads all rows, interlaced or not, and the end of the file.
void ReadRows(PngReader& reader, std::vector<std::uint8_t>& pixels, int height) {
  std::vector<png_bytep> rows(static_cast<std::size_t>(height));
  const std::size_t row_bytes = pixels.size() / rows.size();
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = pixels.data() + y * row_bytes;
  reader.Run([&] {
    png_read_update_info(reader.png(), reader.info());
    if (png_get_rowbytes(reader.png(), reader.info()) != row_bytes) png_error(reader.png(), "unexpected row size");
    png_read_image(reader.png(), rows.data());
    png_read_end(reader.png(), nullptr);
  });
}

/// 16-bit grey saturates: Pillow opens it as "I;16", whose conversion to 8 bits clips. SPEC section 7.1.
std::vector<std::uint8_t> SaturatedRgb(const std::vector<std::uint8_t>& big_endian) {
  std::vector<std::uint8_t> rgb(big_endian.size() / 2 * 3);
  for (std::size_t i = 0; i < big_endian.size() / 2; ++i) {
    const std::uint8_t level = big_endian[2 * i] != 0 ? 255 : big_endian[2 * i + 1];
    std::fill_n(rgb.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, level);
  }
  return rgb;
}

}  // namespace

ImageSize ReadPngSize(std::span<const std::uint8_t> bytes) {
  PngReader reader(bytes);
  return ReadHeader(reader);
}

Image DecodePng(std::span<const std::uint8_t> bytes) {
  PngReader reader(bytes);
  const auto [width, height] = ReadHeader(reader);
  const std::size_t pixel_count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  Image image{.width = width, .height = height};

  const bool grey16 = png_get_color_type(reader.png(), reader.info()) == PNG_COLOR_TYPE_GRAY &&
                      png_get_bit_depth(reader.png(), reader.info()) == 16;
  if (grey16) {
    std::vector<std::uint8_t> grey(2 * pixel_count);
    ReadRows(reader, grey, height);
    image.rgb = SaturatedRgb(grey);
  } else {
    RequestRgb(reader);
    image.rgb.resize(3 * pixel_count);
    ReadRows(reader, image.rgb, height);
  }
  return image;
}

}  // namespace tessera
