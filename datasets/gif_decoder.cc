// GIF: the first frame on its canvas, as Pillow shows it. giflib reads the file's blocks; the codes in them are decoded
// here, as giflib takes impossible ones for pixels.
#include <fmt/format.h>
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "datasets/decoders.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

using ColorTable = std::array<std::array<std::uint8_t, 3>, 256>;

Error GifError(int code) {
  const char* const text = GifErrorString(code);
  return InputError(fmt::format("GIF: {}", text != nullptr ? text : "broken or truncated"));
}

/// LZW codes of growing width, packed from the low bit.
class LzwDecoder {
 public:
  LzwDecoder(std::span<const std::uint8_t> data, int min_bits)
      : data_(data), min_bits_(min_bits), clear_(1u << min_bits), bits_(min_bits + 1), next_(clear_ + 2) {}

  /// The first `count` decoded values. Fails when the data ends early or holds a code that its table does not have yet.
  std::vector<std::uint8_t> Decode(std::size_t count) {
    std::vector<std::uint8_t> values;
    while (values.size() < count) {
      const unsigned code = NextCode();
      if (code == clear_) {
        Reset();
      } else if (code == clear_ + 1) {
        throw InputError(fmt::format("GIF: {} pixels, expected {}", values.size(), count));
      } else {
        AppendString(code, values);
      }
    }
    values.resize(count);
    return values;
  }

 private:
  static constexpr unsigned kTableSize = 4096;
  static constexpr int kMaxBits = 12;

  unsigned NextCode() {
    while (held_bits_ < bits_) {
      if (data_.empty()) throw InputError("GIF: the pixel data ends early");
      held_ |= static_cast<unsigned>(data_.front()) << held_bits_;
      held_bits_ += 8;
      data_ = data_.subspan(1);
    }
    const unsigned code = held_ & ((1u << bits_) - 1);
    held_ >>= bits_;
    held_bits_ -= bits_;
    return code;
  }

  void Reset() {
    bits_ = min_bits_ + 1;
    next_ = clear_ + 2;
    previous_.reset();
  }

  /// Appends what `code` stands for, and enters the previous string with its first value added into the table. A code
  /// that is just being entered stands for exactly that.
  void AppendString(unsigned code, std::vector<std::uint8_t>& values) {
    if (previous_ ? code > next_ : code >= clear_) throw InputError(fmt::format("GIF: unknown LZW code {}", code));
    const std::size_t start = values.size();
    unsigned link = code < next_ ? code : *previous_;
    for (; link > clear_; link = prefix_[link]) values.push_back(last_[link]);
    const auto first = static_cast<std::uint8_t>(link);
    values.push_back(first);
    std::reverse(values.begin() + static_cast<std::ptrdiff_t>(start), values.end());
    if (code == next_) values.push_back(first);

    if (previous_ && next_ < kTableSize) {
      prefix_[next_] = static_cast<std::uint16_t>(*previous_);
      last_[next_] = first;
      ++next_;
      if (next_ == 1u << bits_ && bits_ < kMaxBits) ++bits_;
    }
    previous_ = code;
  }

  std::span<const std::uint8_t> data_;
  int min_bits_;
  unsigned clear_;
  int bits_;
  unsigned next_;  ///< the code that the table receives next
  std::optional<unsigned> previous_;
  unsigned held_ = 0;
  int held_bits_ = 0;
  std::array<std::uint16_t, kTableSize> prefix_{};
  std::array<std::uint8_t, kTableSize> last_{};
};

bool IsGreyLevels(const ColorMapObject& map) {
  for (int i = 0; i < map.ColorCount; ++i) {
    const GifColorType& color = map.Colors[i];
    if (color.Red != i || color.Green != i || color.Blue != i) return false;
  }
  return true;
}

struct CloseGif {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

/// The file up to its first frame's header.
class GifReader {
 public:
  explicit GifReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {
    int code = D_GIF_SUCCEEDED;
    gif_.reset(DGifOpen(this, OnRead, &code));
    if (!gif_) throw GifError(code);
    SkipToFirstFrame();
  }
  // giflib keeps a pointer to this object.
  GifReader(const GifReader&) = delete;
  GifReader& operator=(const GifReader&) = delete;

  const GifImageDesc& frame() const { return gif_->Image; }
  int transparent_index() const { return transparent_index_; }  ///< -1: none

  /// The screen, grown where the frame reaches over its edge.
  ImageSize CanvasSize() const {
    return CheckedSize(std::max(gif_->SWidth, frame().Left + frame().Width),
                       std::max(gif_->SHeight, frame().Top + frame().Height), "GIF");
  }

  /// The palette indices of the frame, in file order.
  std::vector<std::uint8_t> ReadIndices();

  /// RGB of every index: the frame's own palette, or the file's; black past the end. A palette whose colours are the
  /// grey levels 0, 1, 2 ... counts as none, and with no palette the index is the level. Pillow GifImagePlugin.py,
  /// _seek: kept quirk, a frame's own grey palette gives way to the file's coloured one.
  ColorTable Colors() const;

 private:
  static int OnRead(GifFileType* gif, GifByteType* out, int length) {
    auto& self = *static_cast<GifReader*>(gif->UserData);
    const std::size_t count = std::min(self.rest_.size(), static_cast<std::size_t>(length));
    std::copy_n(self.rest_.begin(), count, out);
    self.rest_ = self.rest_.subspan(count);
    return static_cast<int>(count);
  }

  void SkipToFirstFrame();
  void ReadExtension();

  std::span<const std::uint8_t> rest_;
  std::unique_ptr<GifFileType, CloseGif> gif_;
  int transparent_index_ = -1;
};

void GifReader::SkipToFirstFrame() {
  for (;;) {
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    if (DGifGetRecordType(gif_.get(), &type) == GIF_ERROR) throw GifError(gif_->Error);
    if (type == IMAGE_DESC_RECORD_TYPE) break;
    if (type != EXTENSION_RECORD_TYPE) throw InputError("GIF: there is no frame");
    ReadExtension();
  }
  if (DGifGetImageDesc(gif_.get()) == GIF_ERROR) throw GifError(gif_->Error);
  if (frame().Width < 1 || frame().Height < 1) {
    throw InputError(fmt::format("GIF: the first frame is {} x {} pixels", frame().Width, frame().Height));
  }
}

void GifReader::ReadExtension() {
  int code = 0;
  GifByteType* block = nullptr;  // a length byte, then the data
  if (DGifGetExtension(gif_.get(), &code, &block) == GIF_ERROR) throw GifError(gif_->Error);
  while (block != nullptr) {
    if (code == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4 && (block[1] & 1) != 0) transparent_index_ = block[4];
    if (DGifGetExtensionNext(gif_.get(), &block) == GIF_ERROR) throw GifError(gif_->Error);
  }
}

std::vector<std::uint8_t> GifReader::ReadIndices() {
  int min_bits = 0;
  GifByteType* block = nullptr;  // a length byte, then the data
  if (DGifGetCode(gif_.get(), &min_bits, &block) == GIF_ERROR) throw GifError(gif_->Error);
  if (min_bits < 1 || min_bits > 8) throw InputError(fmt::format("GIF: pixels of {} bits", min_bits));
  std::vector<std::uint8_t> data;
  while (block != nullptr) {
    data.insert(data.end(), block + 1, block + 1 + block[0]);
    if (DGifGetCodeNext(gif_.get(), &block) == GIF_ERROR) throw GifError(gif_->Error);
  }
  return LzwDecoder(data, min_bits)
      .Decode(static_cast<std::size_t>(frame().Width) * static_cast<std::size_t>(frame().Height));
}

ColorTable GifReader::Colors() const {
  ColorTable colors{};
  for (const ColorMapObject* const map : {frame().ColorMap, gif_->SColorMap}) {
    if (map == nullptr || IsGreyLevels(*map)) continue;
    for (int i = 0; i < map->ColorCount; ++i) {
      const GifColorType& color = map->Colors[i];
      colors.at(static_cast<std::size_t>(i)) = {color.Red, color.Green, color.Blue};
    }
    return colors;
  }
  for (std::size_t i = 0; i < colors.size(); ++i) colors[i].fill(static_cast<std::uint8_t>(i));
  return colors;
}

/// Where line `i` of an interlaced frame belongs: every 8th from 0, every 8th from 4, every 4th from 2, every 2nd
/// from 1.
std::vector<int> LineOrder(int height, bool interlaced) {
  struct Pass {
    int first, step;
  };
  std::vector<Pass> passes{{0, 1}};
  if (interlaced) passes = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
  std::vector<int> order;
  for (const Pass& pass : passes) {
    for (int y = pass.first; y < height; y += pass.step) order.push_back(y);
  }
  return order;
}

}  // namespace

ImageSize ReadGifSize(std::span<const std::uint8_t> bytes) { return GifReader(bytes).CanvasSize(); }

Image DecodeGif(std::span<const std::uint8_t> bytes) {
  GifReader reader(bytes);
  const auto [width, height] = reader.CanvasSize();
  const ColorTable colors = reader.Colors();
  const GifImageDesc& frame = reader.frame();
  const std::vector<std::uint8_t> indices = reader.ReadIndices();
  Image image{.width = width, .height = height};
  image.rgb.resize(std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));

  // Pillow fills the canvas with the transparent index, or index 0, before it draws the frame.
  const auto& background = colors[static_cast<std::size_t>(std::max(reader.transparent_index(), 0))];
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) std::memcpy(&image.rgb[i], background.data(), 3);

  const std::uint8_t* index = indices.data();
  for (const int y : LineOrder(frame.Height, frame.Interlace)) {
    const std::size_t row = static_cast<std::size_t>(frame.Top + y) * static_cast<std::size_t>(width);
    std::uint8_t* rgb = image.rgb.data() + 3 * (row + static_cast<std::size_t>(frame.Left));
    for (int x = 0; x < frame.Width; ++x, ++index, rgb += 3) std::memcpy(rgb, colors[*index].data(), 3);
  }
  return image;
}

}  // namespace tessera
