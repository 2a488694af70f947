// Dynamic tiling: the grid, the tiles, their normalised pixels.
#pragma once

#include "datasets/image.h"
#include "model/api/query.h"

namespace tessera {

struct TilingSettings {
  int tile_size = 448;
  int min_tiles = 1;
  int max_tiles = 12;         ///< thumbnail not counted; 0: no tiling, the whole picture is one tile
  bool use_thumbnail = true;  ///< appended when there is more than one tile
};

/// The grid whose aspect ratio is nearest to width / height, with the reference's tie rule on the area. Exact in
/// double. Source: SPEC section 7.2 (InternVL dynamic_preprocess, find_closest_aspect_ratio). Throws
/// std::invalid_argument when a size is below 1 or max_tiles < min_tiles.
TileGrid ChooseTileGrid(int width, int height, const TilingSettings& settings);

/// The uint8 tiles, each tile_size x tile_size, row-major, thumbnail last: [tiles, S, S, 3]. Up to `threads` threads.
std::vector<std::uint8_t> CutTiles(const Image& image, const TileGrid& grid, int tile_size, int threads);

/// CutTiles, then (u8 / 255 - mean) / std per channel as separate float32 operations: [tiles, 3, S, S].
/// Source: SPEC sections 7.4 and 7.5. Bit-equal to the reference.
TileBatch MakeTiles(const Image& image, const TilingSettings& settings, int threads);

}  // namespace tessera
