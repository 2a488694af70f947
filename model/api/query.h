// A prompt together with its pictures, ready for a backend.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "datasets/image.h"
#include "model/api/prompt.h"

namespace tessera {

/// How a picture is cut: columns x rows tiles, and a thumbnail of the whole (only when there is more than one tile).
struct TileGrid {
  int columns = 1;
  int rows = 1;
  bool thumbnail = false;
  friend bool operator==(const TileGrid&, const TileGrid&) = default;
};

inline int TileCount(const TileGrid& grid) { return grid.columns * grid.rows + (grid.thumbnail ? 1 : 0); }

/// Normalised tiles of one picture: [tiles, 3, tile_size, tile_size] float32, row-major tiles, thumbnail last.
struct TileBatch {
  TileGrid grid;
  int tile_size = 448;
  std::vector<float> pixels;
};

/// A picture as its file holds it: JPEG, PNG ...
using EncodedPicture = std::vector<std::uint8_t>;

/// Pictures and tiles are shared between the questions on the same picture.
struct Query {
  std::string sample_id;
  std::string sample_key;  // unique over all benchmarks of a run
  Prompt prompt;
  std::vector<std::shared_ptr<const Image>> images;
  std::vector<std::shared_ptr<const TileBatch>> tiles;  // one per image, when the backend wants tiles
  std::vector<std::shared_ptr<const EncodedPicture>> encoded;  // instead of images, when the backend wants that
};

}  // namespace tessera
