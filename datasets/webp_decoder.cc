// WebP by libwebp: a still picture, or the first frame of an animation on its canvas. Alpha is dropped.
#include <fmt/format.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>

#include "datasets/decoders.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

using Demuxer = std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)>;

/// Parses the container. Fails on a file that ends before its last frame.
Demuxer OpenWebp(std::span<const std::uint8_t> bytes) {
  const WebPData data{.bytes = bytes.data(), .size = bytes.size()};
  Demuxer demuxer(WebPDemux(&data), WebPDemuxDelete);
  if (!demuxer) throw InputError(fmt::format("WebP: {} bytes that are broken or truncated", bytes.size()));
  return demuxer;
}

ImageSize CanvasSize(const Demuxer& demuxer) {
  return CheckedSize(WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH),
                     WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT), "WebP");
}

}  // namespace

ImageSize ReadWebpSize(std::span<const std::uint8_t> bytes) { return CanvasSize(OpenWebp(bytes)); }

Image DecodeWebp(std::span<const std::uint8_t> bytes) {
  const Demuxer demuxer = OpenWebp(bytes);
  const auto [width, height] = CanvasSize(demuxer);
  WebPIterator frame{};
  const std::unique_ptr<WebPIterator, decltype(&WebPDemuxReleaseIterator)> release(&frame, WebPDemuxReleaseIterator);
  if (WebPDemuxGetFrame(demuxer.get(), 1, &frame) == 0) throw InputError("WebP: there is no frame");
  if (frame.x_offset < 0 || frame.y_offset < 0 || frame.width > width - frame.x_offset ||
      frame.height > height - frame.y_offset) {
    throw InputError(fmt::format("WebP: a frame of {} x {} at ({}, {}) on a canvas of {} x {}", frame.width,
                                 frame.height, frame.x_offset, frame.y_offset, width, height));
  }

  // Outside its first frame a canvas is transparent black, whatever background the file suggests (libwebp
  // anim_decode.c).
  const std::size_t stride = std::size_t{3} * static_cast<std::size_t>(width);
  Image image{.width = width, .height = height};
  image.rgb.resize(stride * static_cast<std::size_t>(height));
  const std::size_t start =
      static_cast<std::size_t>(frame.y_offset) * stride + std::size_t{3} * static_cast<std::size_t>(frame.x_offset);
  if (WebPDecodeRGBInto(frame.fragment.bytes, frame.fragment.size, image.rgb.data() + start, image.rgb.size() - start,
                        static_cast<int>(stride)) == nullptr) {
    throw InputError("WebP: the picture data is broken or truncated");
  }
  return image;
}

}  // namespace tessera
