#include "datasets/jpeg_encoder.h"

#include <fmt/format.h>

// In this order: jpeglib.h needs FILE and does not include it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include <csetjmp>
#include <cstdlib>
#include <memory>

#include "datasets/image_codec.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

constexpr int kQuality = 75;

/// Where libjpeg's error handler jumps back to; it must not return.
struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf on_error;
  char message[JMSG_LENGTH_MAX];
};

void OnError(j_common_ptr info) {
  auto* errors = reinterpret_cast<ErrorManager*>(info->err);
  info->err->format_message(info, errors->message);
  std::longjmp(errors->on_error, 1);
}

/// False when libjpeg fails. Only plain data between setjmp and longjmp: no destructor may be skipped.
bool Compress(const Image& image, jpeg_compress_struct* info, ErrorManager* errors, unsigned char** bytes,
              unsigned long* size) {
  if (setjmp(errors->on_error) != 0) return false;
  jpeg_create_compress(info);
  jpeg_mem_dest(info, bytes, size);
  info->image_width = static_cast<JDIMENSION>(image.width);
  info->image_height = static_cast<JDIMENSION>(image.height);
  info->input_components = 3;
  info->in_color_space = JCS_RGB;
  jpeg_set_defaults(info);
  jpeg_set_quality(info, kQuality, TRUE);
  jpeg_start_compress(info, TRUE);
  const std::size_t stride = std::size_t{3} * static_cast<std::size_t>(image.width);
  while (info->next_scanline < info->image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(image.rgb.data() + info->next_scanline * stride);
    jpeg_write_scanlines(info, &row, 1);
  }
  jpeg_finish_compress(info);
  return true;
}

}  // namespace

std::vector<std::uint8_t> EncodeJpeg(const Image& image) {
  if (image.width < 1 || image.height < 1 || image.width > JPEG_MAX_DIMENSION || image.height > JPEG_MAX_DIMENSION) {
    throw InputError(fmt::format("a JPEG has sides of 1 to {} pixels, found {} x {}", JPEG_MAX_DIMENSION, image.width,
                                 image.height));
  }
  jpeg_compress_struct info{};
  ErrorManager errors{};
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = OnError;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const bool written = Compress(image, &info, &errors, &bytes, &size);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, std::free);
  jpeg_destroy_compress(&info);
  if (!written) throw EnvironmentError(fmt::format("writing a JPEG: {}", errors.message));
  return {bytes, bytes + size};
}

Image ThroughJpeg(const Image& image) { return DecodeImage(EncodeJpeg(image)); }

}  // namespace tessera
