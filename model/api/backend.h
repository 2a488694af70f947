// What answers queries: the native model, an endpoint, a replay.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "model/api/prediction.h"
#include "model/api/query.h"

namespace tessera {

/// What a backend is and wants.
struct BackendInfo {
  std::string name;          // "native", "replay" ...
  std::string device;        // "cpu", "cuda:0"
  std::string precision;     // "float32", "bfloat16", "float16"
  std::string instructions;  // the processor's that the kernels use: "avx512_bf16"; empty: not known, or a GPU
  int tile_size = 448;       // side of a tile in pixels
  bool use_thumbnail = true;
  bool wants_tiles = true;     // false: the pictures themselves are enough
  bool wants_pictures = true;  // false: nothing is read at all
  bool wants_encoded = false;  // true: pictures come as their files hold them, not decoded
  int calls_at_once = 1;       // of Generate, from as many threads
  int questions_at_once = 1;   // that cost less side by side than one after another
};

/// Takes what became of one query: its position in the batch, and its outcome.
using Deliver = std::function<void(std::size_t index, Outcome outcome)>;

/// The runner calls it from BackendInfo::calls_at_once threads; from one at a time when that is 1.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual BackendInfo Info() const = 0;
  /// Calls `deliver` once for each query as soon as its outcome is known, in any order, on the thread of the caller. A
  /// query that fails is a Failure; an Error is thrown only when the backend cannot go on. What `deliver` throws ends
  /// the call.
  virtual void Generate(std::span<const Query> batch, const Deliver& deliver) = 0;
};

}  // namespace tessera
