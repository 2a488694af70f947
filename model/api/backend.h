// What answers queries: the native model, an endpoint, a replay.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/api/prediction.h"
#include "model/api/query.h"

namespace tessera {

/// What a backend is and wants.
struct BackendInfo {
  std::string name;       // "native", "replay" ...
  std::string device;     // "cpu", "cuda:0"
  std::string precision;  // "float32", "bfloat16", "float16"
  int tile_size = 448;    // side of a tile in pixels
  bool use_thumbnail = true;
  bool wants_tiles = true;     // false: the pictures themselves are enough
  bool wants_pictures = true;  // false: nothing is read at all
  bool wants_encoded = false;  // true: pictures come as their files hold them, not decoded
  int groups_at_once = 1;      // picture groups asked about at a time; Generate is called from as many threads
};

/// The runner calls it from BackendInfo::groups_at_once threads; from one at a time when that is 1.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual BackendInfo Info() const = 0;
  /// One outcome per query, in order. A query that fails is a Failure; an Error is thrown only when the backend cannot
  /// go on.
  virtual std::vector<Outcome> Generate(std::span<const Query> batch) = 0;
};

}  // namespace tessera
