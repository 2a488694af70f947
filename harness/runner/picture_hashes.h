// The content of pictures, without decoding them.
#pragma once

#include <map>
#include <set>
#include <string>

#include "datasets/image_source.h"

namespace tessera {

/// "sha256 " and the SHA-256 of each picture's encoded bytes, or why it cannot be read. Reads several at a time.
std::map<ImageSource, std::string> HashPictures(const std::set<ImageSource>& pictures);

}  // namespace tessera
