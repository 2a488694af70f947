#include "model/image/tiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "model/image/parallel_for.h"
#include "model/image/resize.h"

namespace tessera {
namespace {

/// The tile at (column, row) of `mosaic`, copied to `tile` as [S, S, 3].
void CopyTile(const Image& mosaic, int column, int row, int tile_size, std::uint8_t* tile) {
  const std::size_t tile_stride = std::size_t{3} * static_cast<std::size_t>(tile_size);
  const std::size_t stride = std::size_t{3} * static_cast<std::size_t>(mosaic.width);
  const std::uint8_t* source = mosaic.rgb.data() +
                               stride * static_cast<std::size_t>(row) * static_cast<std::size_t>(tile_size) +
                               tile_stride * static_cast<std::size_t>(column);
  for (int y = 0; y < tile_size; ++y, source += stride, tile += tile_stride) std::memcpy(tile, source, tile_stride);
}

using LevelTable = std::array<std::array<float, 256>, 3>;

/// The normalised value of every byte in every channel: with 256 levels a table is both the fastest and exact.
/// ImageNet mean and deviation, as in InternVL build_transform (ToTensor, then Normalize).
LevelTable MakeLevelTable() {
  constexpr float kMean[3] = {0.485f, 0.456f, 0.406f};
  constexpr float kDeviation[3] = {0.229f, 0.224f, 0.225f};
  LevelTable table{};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::size_t level = 0; level < 256; ++level) {
      const float unit = static_cast<float>(level) / 255.0f;
      const float centred = unit - kMean[channel];
      table[channel][level] = centred / kDeviation[channel];
    }
  }
  return table;
}

/// [pixels, 3] bytes to [3, pixels] floats.
void NormalizeTile(const std::uint8_t* rgb, std::size_t pixel_count, const LevelTable& table, float* planes) {
  for (std::size_t i = 0; i < pixel_count; ++i) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      planes[channel * pixel_count + i] = table[channel][rgb[3 * i + channel]];
    }
  }
}

std::size_t TilePixels(int tile_size) {
  return static_cast<std::size_t>(tile_size) * static_cast<std::size_t>(tile_size);
}

}  // namespace

TileGrid ChooseTileGrid(int width, int height, const TilingSettings& settings) {
  if (width < 1 || height < 1 || settings.tile_size < 1) {
    throw std::invalid_argument(
        fmt::format("tiling: {} x {} pixels in tiles of {}", width, height, settings.tile_size));
  }
  if (settings.max_tiles == 0) return {};
  if (settings.min_tiles < 1 || settings.max_tiles < settings.min_tiles) {
    throw std::invalid_argument(fmt::format("tiling: from {} to {} tiles", settings.min_tiles, settings.max_tiles));
  }

  // find_closest_aspect_ratio: the nearest ratio; of equally near ones, the larger grid if the picture fills over half
  // of it.
  const double aspect_ratio = static_cast<double>(width) / height;
  const double area = static_cast<double>(width) * height;
  const double half_tile_area = 0.5 * settings.tile_size * settings.tile_size;
  double best_difference = std::numeric_limits<double>::infinity();
  TileGrid best;
  for (int tiles = settings.min_tiles; tiles <= settings.max_tiles; ++tiles) {
    for (int columns = 1; columns <= tiles; ++columns) {
      if (tiles % columns != 0) continue;
      const int rows = tiles / columns;
      const double difference = std::abs(aspect_ratio - static_cast<double>(columns) / rows);
      const bool nearer = difference < best_difference;
      if (nearer || (difference == best_difference && area > half_tile_area * columns * rows)) {
        best = {.columns = columns, .rows = rows};
        best_difference = difference;
      }
    }
  }
  best.thumbnail = settings.use_thumbnail && best.columns * best.rows > 1;
  return best;
}

std::vector<std::uint8_t> CutTiles(const Image& image, const TileGrid& grid, int tile_size, int threads) {
  const int count = grid.columns * grid.rows;
  const Image mosaic = ResizeBicubic(image, grid.columns * tile_size, grid.rows * tile_size, threads);
  const std::size_t tile_bytes = 3 * TilePixels(tile_size);
  std::vector<std::uint8_t> tiles(tile_bytes * static_cast<std::size_t>(TileCount(grid)));
  ParallelFor(count, threads, 1, [&](int begin, int end) {
    for (int i = begin; i < end; ++i) {
      CopyTile(mosaic, i % grid.columns, i / grid.columns, tile_size, &tiles[tile_bytes * static_cast<std::size_t>(i)]);
    }
  });
  if (grid.thumbnail) {
    const Image thumbnail = ResizeBicubic(image, tile_size, tile_size, threads);
    std::copy(thumbnail.rgb.begin(), thumbnail.rgb.end(), tiles.end() - static_cast<std::ptrdiff_t>(tile_bytes));
  }
  return tiles;
}

TileBatch MakeTiles(const Image& image, const TilingSettings& settings, int threads) {
  const TileGrid grid = ChooseTileGrid(image.width, image.height, settings);
  const std::vector<std::uint8_t> tiles = CutTiles(image, grid, settings.tile_size, threads);
  const LevelTable table = MakeLevelTable();
  const std::size_t pixel_count = TilePixels(settings.tile_size);
  TileBatch batch{.grid = grid, .tile_size = settings.tile_size, .pixels = std::vector<float>(tiles.size())};
  ParallelFor(TileCount(grid), threads, 1, [&](int begin, int end) {
    for (int i = begin; i < end; ++i) {
      const std::size_t start = 3 * pixel_count * static_cast<std::size_t>(i);
      NormalizeTile(&tiles[start], pixel_count, table, &batch.pixels[start]);
    }
  });
  return batch;
}

}  // namespace tessera
