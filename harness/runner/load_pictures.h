// The pictures of a group: read, decoded and tiled once for all its questions.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "datasets/image_codec.h"
#include "harness/journal/sample_record.h"
#include "harness/runner/plan.h"
#include "model/api/backend.h"

namespace tessera {

struct LoadedPictures {
  std::vector<PictureRecord> records;
  std::vector<std::shared_ptr<const Image>> images;
  std::vector<std::shared_ptr<const EncodedPicture>> encoded;  // instead of images, when the backend wants that
  std::map<PictureUse, std::shared_ptr<const TileBatch>> tiles;
  double load_image_s = 0;
  double tile_s = 0;
  std::optional<Failure> failure;  // then there are no pictures; sample_id is left to the caller
};

/// The size at which a picture of `size` is shown. Throws kInput when it would be enlarged past what may be decoded.
ImageSize ShownSize(const ImageSize& size, const PictureUse& use);

/// Reads and decodes `images` and, when the backend wants tiles, cuts them once for each of `uses` on up to `threads`
/// threads. A backend that wants encoded pictures gets no broken ones either: they are decoded too, and only
/// their bytes kept. What is wrong with a picture is a Failure, never an exception.
LoadedPictures LoadPictures(const std::vector<ImageSource>& images, const std::set<PictureUse>& uses,
                            const BackendInfo& backend, int threads);

}  // namespace tessera
