#include "harness/runner/load_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/jpeg_encoder.h"
#include "harness/base/hash.h"
#include "model/image/resize.h"
#include "model/image/tiling.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

class LoadPicturesTest : public testing::Test {
 protected:
  LoadPicturesTest() { WriteData(data_, "fake.txt", {}); }
  ImageSource Picture(const std::string& name) const { return {.file = data_.path() / name}; }

  TempFolder data_;
  BackendInfo backend_{.tile_size = 28};
};

TEST_F(LoadPicturesTest, CutsEveryPictureOnceForEachUse) {
  const PictureUse one{.picture = 0, .max_tiles = 1};
  const PictureUse six{.picture = 0, .max_tiles = 6};
  const LoadedPictures loaded = LoadPictures({Picture("b.png"), Picture("d.png")}, {one, six}, backend_, 1);
  ASSERT_FALSE(loaded.failure);
  ASSERT_EQ(loaded.images.size(), 2u);
  EXPECT_EQ(loaded.images[0]->width, 96);
  ASSERT_EQ(loaded.tiles.size(), 2u);
  EXPECT_EQ(TileCount(loaded.tiles.at(one)->grid), 1);
  EXPECT_EQ(TileCount(loaded.tiles.at(six)->grid), 7);
  EXPECT_EQ(loaded.tiles.at(six)->pixels.size(), 7u * 3 * 28 * 28);
  EXPECT_EQ(loaded.tiles.at(six)->tile_size, 28);
}

TEST_F(LoadPicturesTest, TakesAPictureThroughJpegWhereItsUseSaysSo) {
  const PictureUse stored{.picture = 0, .max_tiles = 1};
  const PictureUse jpeg{.picture = 0, .max_tiles = 1, .as_jpeg = true};
  const LoadedPictures loaded = LoadPictures({Picture("b.png")}, {stored, jpeg}, backend_, 1);
  const Image expected = ThroughJpeg(*loaded.images[0]);
  const TilingSettings settings{.tile_size = backend_.tile_size, .max_tiles = 1};
  EXPECT_EQ(loaded.tiles.at(jpeg)->pixels, MakeTiles(expected, settings, 1).pixels);
  EXPECT_NE(loaded.tiles.at(jpeg)->pixels, loaded.tiles.at(stored)->pixels);
}

TEST_F(LoadPicturesTest, EnlargesAPictureBeforeItIsTiled) {
  const PictureUse twice{.picture = 0, .max_tiles = 6, .enlarge = 2};
  const LoadedPictures loaded = LoadPictures({Picture("b.png")}, {twice}, backend_, 1);
  const Image& image = *loaded.images.at(0);
  const Image expected = ResizeBilinear(image, 2 * image.width, 2 * image.height, 1);
  const TilingSettings settings{.tile_size = backend_.tile_size, .max_tiles = 6};
  EXPECT_EQ(loaded.tiles.at(twice)->pixels, MakeTiles(expected, settings, 1).pixels);
  EXPECT_NE(loaded.tiles.at(twice)->pixels, MakeTiles(image, settings, 1).pixels);
}

TEST_F(LoadPicturesTest, AnEnlargementThatIsTooLargeIsAFailure) {
  const PictureUse huge{.picture = 0, .max_tiles = 6, .enlarge = 1'000'000};
  const LoadedPictures loaded = LoadPictures({Picture("b.png")}, {huge}, backend_, 1);
  ASSERT_TRUE(loaded.failure.has_value());
  EXPECT_EQ(loaded.failure->stage, Stage::kTile);
  EXPECT_THAT(loaded.failure->message, HasSubstr("too many to enlarge"));
}

TEST_F(LoadPicturesTest, KeepsTheStoredBytesOnlyWhereTheBackendWantsThem) {
  const BackendInfo server{.wants_tiles = false, .wants_encoded = true};
  const LoadedPictures loaded = LoadPictures({Picture("b.png")}, {{0, 1}}, server, 1);
  ASSERT_EQ(loaded.encoded.size(), 1u);
  EXPECT_EQ(Sha256(*loaded.encoded[0]), loaded.records[0].sha256);
  EXPECT_TRUE(loaded.images.empty());
  EXPECT_TRUE(LoadPictures({Picture("b.png")}, {{0, 1}}, backend_, 1).encoded.empty());
  const LoadedPictures broken = LoadPictures({Picture("b.png"), Picture("broken.png")}, {}, server, 1);
  EXPECT_TRUE(broken.failure.has_value());
  EXPECT_TRUE(broken.encoded.empty());
}

TEST_F(LoadPicturesTest, NamesAndHashesThePictureFile) {
  const LoadedPictures loaded = LoadPictures({Picture("a.png")}, {{0, 1}}, backend_, 1);
  ASSERT_EQ(loaded.records.size(), 1u);
  EXPECT_THAT(loaded.records[0].name, HasSubstr("a.png"));
  EXPECT_EQ(loaded.records[0].sha256, Sha256OfFile(data_.path() / "a.png"));
}

TEST_F(LoadPicturesTest, CutsNothingWhenTheBackendWantsNoTiles) {
  backend_.wants_tiles = false;
  const LoadedPictures loaded = LoadPictures({Picture("a.png")}, {{0, 1}}, backend_, 1);
  EXPECT_EQ(loaded.images.size(), 1u);
  EXPECT_TRUE(loaded.tiles.empty());
}

TEST_F(LoadPicturesTest, BrokenOrMissingPictureIsAFailureOfTheLoadStage) {
  for (const char* name : {"broken.png", "missing.png"}) {
    const LoadedPictures loaded = LoadPictures({Picture("a.png"), Picture(name)}, {{0, 1}}, backend_, 1);
    ASSERT_TRUE(loaded.failure);
    EXPECT_EQ(loaded.failure->stage, Stage::kLoadImage);
    EXPECT_THAT(loaded.failure->message, HasSubstr(name));
    EXPECT_TRUE(loaded.images.empty());
  }
}

TEST_F(LoadPicturesTest, ImpossibleTileLimitIsAFailureOfTheTileStage) {
  const LoadedPictures loaded = LoadPictures({Picture("a.png")}, {{0, -1}}, backend_, 1);
  ASSERT_TRUE(loaded.failure);
  EXPECT_EQ(loaded.failure->stage, Stage::kTile);
}

}  // namespace
}  // namespace tessera
