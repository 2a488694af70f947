// JPEG by libjpeg-turbo with its defaults: slow-integer DCT, fancy upsampling.
#include <fmt/format.h>

// In this order: jpeglib.h needs FILE and does not include it, and jerror.h needs jpeglib.h.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <array>
#include <csetjmp>
#include <vector>

#include "datasets/decoders.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

// A progressive file may repeat scans without end at a few bytes each, and each costs a pass over the whole picture.
// Encoders write about ten.
constexpr int kMaxScans = 100;

/// A libjpeg decompressor over bytes in memory. libjpeg reports errors by a jump, so its calls are made through Run.
class JpegReader {
 public:
  explicit JpegReader(std::span<const std::uint8_t> bytes) {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = [](j_common_ptr info) { Self(info).Jump(); };
    errors_.emit_message = OnMessage;
    info_.client_data = this;
    Run([&] {
      jpeg_create_decompress(&info_);
      info_.progress = &progress_;
      progress_.progress_monitor = OnProgress;
      jpeg_mem_src(&info_, bytes.data(), static_cast<unsigned long>(bytes.size()));
    });
  }
  ~JpegReader() { jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  jpeg_decompress_struct& info() { return info_; }

  /// Calls `step`; throws kInput when libjpeg gives up inside it. The jump skips destructors, so `step` must own
  /// nothing.
  template <typename Step>
  void Run(const Step& step) {
    if (setjmp(jump_) != 0) throw InputError(fmt::format("JPEG: {}", message_.data()));
    step();
  }

 private:
  static JpegReader& Self(j_common_ptr info) { return *static_cast<JpegReader*>(info->client_data); }

  [[noreturn]] void Jump() {
    errors_.format_message(reinterpret_cast<j_common_ptr>(&info_), message_.data());
    std::longjmp(jump_, 1);
  }

  /// libjpeg only warns where entropy-coded data is missing or damaged, and fills in grey: that is not the picture.
  /// Its other warnings (stray bytes between segments, odd markers) lose no pixel.
  static void OnMessage(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
      case JWRN_JPEG_EOF:
      case JWRN_HIT_MARKER:
      case JWRN_HUFF_BAD_CODE:
      case JWRN_ARITH_BAD_CODE:
      case JWRN_MUST_RESYNC:
        Self(info).Jump();
      default:
        return;
    }
  }

  static void OnProgress(j_common_ptr info) {
    JpegReader& self = Self(info);
    if (self.info_.input_scan_number <= kMaxScans) return;
    fmt::format_to_n(self.message_.data(), self.message_.size() - 1, "more than {} scans", kMaxScans);
    std::longjmp(self.jump_, 1);
  }

  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf jump_{};
  std::array<char, JMSG_LENGTH_MAX> message_{};
};

ImageSize ReadHeader(JpegReader& reader) {
  reader.Run([&] { jpeg_read_header(&reader.info(), TRUE); });
  return CheckedSize(reader.info().image_width, reader.info().image_height, "JPEG");
}

/// Four-channel files are stored inverted (Adobe). SPEC section 7.1; Pillow Convert.c, cmyk2rgb after "CMYK;I".
void CmykToRgb(const std::uint8_t* inverted_cmyk, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, inverted_cmyk += 4, rgb += 3) {
    const int not_black = inverted_cmyk[3];
    for (int c = 0; c < 3; ++c) {
      const int product = (255 - inverted_cmyk[c]) * not_black + 128;
      rgb[c] = static_cast<std::uint8_t>(not_black - (((product >> 8) + product) >> 8));
    }
  }
}

void GreyToRgb(const std::uint8_t* grey, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, rgb += 3) rgb[0] = rgb[1] = rgb[2] = grey[x];
}

J_COLOR_SPACE OutputSpace(int components) {
  switch (components) {
    case 1:
      return JCS_GRAYSCALE;
    case 3:
      return JCS_RGB;
    case 4:
      return JCS_CMYK;
    default:
      throw InputError(fmt::format("JPEG: {} colour components, expected 1, 3 or 4", components));
  }
}

}  // namespace

ImageSize ReadJpegSize(std::span<const std::uint8_t> bytes) {
  JpegReader reader(bytes);
  return ReadHeader(reader);
}

Image DecodeJpeg(std::span<const std::uint8_t> bytes) {
  JpegReader reader(bytes);
  jpeg_decompress_struct& info = reader.info();
  const auto [width, height] = ReadHeader(reader);
  const int components = info.num_components;
  info.out_color_space = OutputSpace(components);

  Image image{.width = width, .height = height};
  image.rgb.resize(std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  std::vector<std::uint8_t> row(static_cast<std::size_t>(width) * static_cast<std::size_t>(components));
  reader.Run([&] {
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
      std::uint8_t* const rgb =
          image.rgb.data() + std::size_t{3} * static_cast<std::size_t>(width) * info.output_scanline;
      std::uint8_t* target = components == 3 ? rgb : row.data();
      jpeg_read_scanlines(&info, &target, 1);
      if (components == 1) GreyToRgb(row.data(), width, rgb);
      if (components == 4) CmykToRgb(row.data(), width, rgb);
    }
    jpeg_finish_decompress(&info);  // reads up to the end marker, so a file that lacks it is refused
  });
  return image;
}

}  // namespace tessera
