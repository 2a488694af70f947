#include "model/image/tiling.h"

#include <gtest/gtest.h>

#include <bit>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "datasets/image_codec.h"
#include "harness/base/files.h"
#include "harness/base/hash.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

const std::filesystem::path kGolden = std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/golden/model";

Image LoadImage(const std::filesystem::path& path) {
  const std::string content = ReadFile(path);
  return DecodeImage({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
}

/// The rows of a CSV file without quotes, header row first.
std::vector<std::vector<std::string>> ReadCsv(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    rows.push_back(Split(line, ','));
  }
  return rows;
}

std::string GridText(const TileGrid& grid) { return std::to_string(grid.columns) + "x" + std::to_string(grid.rows); }

template <typename T>
std::string Sha256Of(const std::vector<T>& values) {
  return Sha256({reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)});
}

/// Round to nearest even; the pixel values are finite.
std::vector<std::uint16_t> ToBfloat16(const std::vector<float>& values) {
  std::vector<std::uint16_t> result;
  result.reserve(values.size());
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    result.push_back(static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16));
  }
  return result;
}

TEST(ChooseTileGrid, EqualsTheReferenceForEverySizeAndLimit) {
  const auto rows = ReadCsv(kGolden / "tiling/tiling_448.csv");
  ASSERT_EQ(rows.size(), 4359u);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    for (std::size_t column = 2; column < rows[0].size(); ++column) {
      const TilingSettings settings{.max_tiles = std::stoi(rows[0][column].substr(3))};  // "max12"
      const TileGrid grid = ChooseTileGrid(std::stoi(rows[i][0]), std::stoi(rows[i][1]), settings);
      ASSERT_EQ(GridText(grid), rows[i][column]) << rows[i][0] << " x " << rows[i][1] << ", " << rows[0][column];
      ASSERT_EQ(grid.thumbnail, grid.columns * grid.rows > 1);
    }
  }
}

TEST(ChooseTileGrid, EqualsTheReferenceForOtherTileSizes) {
  const auto rows = ReadCsv(kGolden / "tiling/tiling_other.csv");
  ASSERT_EQ(rows.size(), 601u);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    std::vector<int> v;
    for (const std::string& cell : rows[i]) v.push_back(std::stoi(cell));
    const TileGrid grid = ChooseTileGrid(v[0], v[1], {.tile_size = v[2], .min_tiles = v[3], .max_tiles = v[4]});
    ASSERT_EQ(grid.columns, v[5]) << "row " << i;
    ASSERT_EQ(grid.rows, v[6]) << "row " << i;
    ASSERT_EQ(TileCount(grid), v[7]) << "row " << i;
  }
}

TEST(ChooseTileGrid, TakesTheLargerOfEqualRatiosOnlyAboveHalfItsArea) {
  const TilingSettings settings{.max_tiles = 12};
  // 2 x 2 tiles of 448 have 802816 pixels; half is 401408, and the comparison is strict.
  EXPECT_EQ(GridText(ChooseTileGrid(633, 633, settings)), "1x1");
  EXPECT_EQ(GridText(ChooseTileGrid(634, 634, settings)), "2x2");
}

TEST(ChooseTileGrid, HasNoThumbnailWhenItIsSwitchedOffOrThereIsOneTile) {
  EXPECT_FALSE(ChooseTileGrid(900, 300, {.use_thumbnail = false}).thumbnail);
  EXPECT_FALSE(ChooseTileGrid(100, 100, {}).thumbnail);
  EXPECT_TRUE(ChooseTileGrid(900, 300, {}).thumbnail);
}

TEST(ChooseTileGrid, GivesOneTileWhenTilingIsOff) {
  EXPECT_EQ(ChooseTileGrid(9000, 300, {.max_tiles = 0}), TileGrid{});
}

TEST(ChooseTileGrid, RefusesImpossibleSettings) {
  EXPECT_THROW(ChooseTileGrid(0, 5, {}), std::invalid_argument);
  EXPECT_THROW(ChooseTileGrid(5, -1, {}), std::invalid_argument);
  EXPECT_THROW(ChooseTileGrid(5, 5, {.tile_size = 0}), std::invalid_argument);
  EXPECT_THROW(ChooseTileGrid(5, 5, {.min_tiles = 0}), std::invalid_argument);
  EXPECT_THROW(ChooseTileGrid(5, 5, {.min_tiles = 7, .max_tiles = 6}), std::invalid_argument);
  EXPECT_THROW(ChooseTileGrid(5, 5, {.max_tiles = -1}), std::invalid_argument);
}

TEST(MakeTiles, EqualsTheReferenceInEveryBitOfTilesAndPixelValues) {
  std::ifstream file(kGolden / "preprocess/preprocess.jsonl");
  int count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const Json golden = ParseJson(line, "preprocess.jsonl:" + std::to_string(count + 1));
    SCOPED_TRACE(golden["image"].get<std::string>() + ", max_num " + golden["max_num"].dump());
    const Image image = LoadImage(kGolden / "images" / golden["image"].get<std::string>());
    const TilingSettings settings{.tile_size = golden["image_size"].get<int>(),
                                  .max_tiles = golden["max_num"].get<int>()};
    const TileBatch batch = MakeTiles(image, settings, 2);
    EXPECT_EQ(batch.tile_size, settings.tile_size);
    EXPECT_EQ(batch.grid.columns, golden["cols"].get<int>());
    EXPECT_EQ(batch.grid.rows, golden["rows"].get<int>());
    EXPECT_EQ(TileCount(batch.grid), golden["num_tiles"].get<int>());
    EXPECT_EQ(Sha256Of(batch.pixels), golden["pixel_values_f32_sha256"].get<std::string>());
    if (settings.max_tiles == 0) continue;  // these rows give no other hash
    EXPECT_EQ(Sha256(CutTiles(image, batch.grid, settings.tile_size, 2)), golden["tiles_u8_sha256"].get<std::string>());
    EXPECT_EQ(Sha256Of(ToBfloat16(batch.pixels)), golden["pixel_values_bf16_sha256"].get<std::string>());
  }
  EXPECT_EQ(count, 146);
}

TEST(MakeTiles, DoesNotDependOnTheThreadCount) {
  const Image image = LoadImage(kGolden / "images/wide_3000x200.png");
  const TilingSettings settings{.tile_size = 112, .max_tiles = 12};
  const TileBatch expected = MakeTiles(image, settings, 1);
  for (const int threads : {2, 3, 64})
    EXPECT_EQ(MakeTiles(image, settings, threads).pixels, expected.pixels) << threads;
}

TEST(CutTiles, OrdersTilesByRowAndPutsTheThumbnailLast) {
  // 2 x 2 quadrants, already of the mosaic's size: tile i is quadrant i.
  Image image{.width = 4, .height = 4, .rgb = std::vector<std::uint8_t>(4 * 4 * 3)};
  for (std::size_t i = 0; i < 16; ++i) {
    const std::size_t quadrant = i / 8 * 2 + i % 4 / 2;
    for (std::size_t c = 0; c < 3; ++c) image.rgb[3 * i + c] = static_cast<std::uint8_t>(10 * quadrant + c);
  }
  const std::vector<std::uint8_t> tiles = CutTiles(image, {.columns = 2, .rows = 2, .thumbnail = true}, 2, 1);
  ASSERT_EQ(tiles.size(), 5u * 12);
  for (std::size_t i = 0; i < 48; ++i) EXPECT_EQ(tiles[i], 10 * (i / 12) + i % 3) << i;
  EXPECT_LT(tiles[48],
            tiles[57]);  // the thumbnail shows all quadrants: dark at the top left, light at the bottom right
}

}  // namespace
}  // namespace tessera
