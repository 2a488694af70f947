#include "harness/runner/load_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "datasets/image_source.h"
#include "datasets/jpeg_encoder.h"
#include "harness/base/error.h"
#include "harness/base/hash.h"
#include "harness/base/seconds_since.h"
#include "model/image/resize.h"
#include "model/image/tiling.h"

namespace tessera {
namespace {

void ReadPictures(const std::vector<ImageSource>& images, bool wants_encoded, LoadedPictures* loaded) {
  for (const ImageSource& source : images) {
    PictureRecord& record = loaded->records.emplace_back();
    record.name = ImageSourceName(source);
    EncodedPicture bytes = ReadImageBytes(source);
    record.sha256 = Sha256(bytes);
    try {
      auto image = std::make_shared<const Image>(DecodeImage(bytes));
      if (wants_encoded) {
        loaded->encoded.push_back(std::make_shared<const EncodedPicture>(std::move(bytes)));
      } else {
        loaded->images.push_back(std::move(image));
      }
    } catch (const Error& error) {  // the codec knows bytes, not names
      throw InputError(record.name + ": " + error.what());
    }
  }
}

/// `image` itself where nothing has to be done to it.
std::shared_ptr<const Image> ShownPicture(const std::shared_ptr<const Image>& image, const PictureUse& use,
                                          int threads) {
  const auto shown = use.as_jpeg ? std::make_shared<const Image>(ThroughJpeg(*image)) : image;
  if (use.enlarge == 1) return shown;
  const ImageSize size = ShownSize({shown->width, shown->height}, use);
  return std::make_shared<const Image>(ResizeBilinear(*shown, size.width, size.height, threads));
}

void CutPictures(const std::set<PictureUse>& uses, const BackendInfo& backend, int threads, LoadedPictures* loaded) {
  for (const PictureUse& use : uses) {
    const TilingSettings settings{
        .tile_size = backend.tile_size, .max_tiles = use.max_tiles, .use_thumbnail = backend.use_thumbnail};
    const auto shown = ShownPicture(loaded->images.at(use.picture), use, threads);
    loaded->tiles[use] = std::make_shared<const TileBatch>(MakeTiles(*shown, settings, threads));
  }
}

}  // namespace

ImageSize ShownSize(const ImageSize& size, const PictureUse& use) {
  const std::int64_t width = std::int64_t{size.width} * use.enlarge;
  const std::int64_t height = std::int64_t{size.height} * use.enlarge;
  if (use.enlarge > 1 && width * height > kMaxImagePixels) {
    throw InputError(fmt::format("picture {}: {} x {} pixels are too many to enlarge {} times", use.picture + 1,
                                 size.width, size.height, use.enlarge));
  }
  return {static_cast<int>(width), static_cast<int>(height)};
}

LoadedPictures LoadPictures(const std::vector<ImageSource>& images, const std::set<PictureUse>& uses,
                            const BackendInfo& backend, int threads) {
  LoadedPictures loaded;
  if (!backend.wants_pictures) return loaded;
  Stage stage = Stage::kLoadImage;
  try {
    const auto load_start = std::chrono::steady_clock::now();
    ReadPictures(images, backend.wants_encoded, &loaded);
    loaded.load_image_s = SecondsSince(load_start);
    stage = Stage::kTile;
    const auto tile_start = std::chrono::steady_clock::now();
    if (backend.wants_tiles) CutPictures(uses, backend, threads, &loaded);
    loaded.tile_s = SecondsSince(tile_start);
  } catch (const std::exception& error) {
    loaded.images.clear();
    loaded.encoded.clear();
    loaded.tiles.clear();
    loaded.failure = Failure{.stage = stage, .message = error.what()};
  }
  return loaded;
}

}  // namespace tessera
