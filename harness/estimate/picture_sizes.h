// Sizes of a plan's pictures, from their headers alone.
#pragma once

#include <map>
#include <span>
#include <string>
#include <variant>

#include "datasets/image_codec.h"
#include "harness/runner/plan.h"

namespace tessera {

/// What the header of each picture says: its size, or why it could not be read ("NAME: reason").
using PictureSizes = std::map<ImageSource, std::variant<ImageSize, std::string>>;

/// Reads the header of every distinct picture of `groups` on up to `threads` threads; nothing is decoded, so damage
/// behind a header is not seen.
PictureSizes ReadPictureSizes(std::span<const PictureGroup> groups, int threads);

}  // namespace tessera
