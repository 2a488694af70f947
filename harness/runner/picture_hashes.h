// The content of pictures, without decoding them.
#pragma once

#include <map>
#include <set>
#include <string>

#include "datasets/image_source.h"
#include "harness/runner/plan.h"

namespace tessera {

/// "sha256 " and the SHA-256 of each picture's encoded bytes, or why it cannot be read.
using PictureHashes = std::map<ImageSource, std::string>;

/// Reads several pictures at a time.
PictureHashes HashPictures(const std::set<ImageSource>& pictures);

/// The same for all pictures of a plan.
PictureHashes HashPictures(const Plan& plan);

}  // namespace tessera
