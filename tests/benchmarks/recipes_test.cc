#include "benchmarks/recipes.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

Sample WithPictures(std::size_t count, const std::string& image_path = "") {
  Sample sample;
  sample.images.resize(count);
  if (!image_path.empty()) sample.tags["image_path"] = image_path;
  return sample;
}

TEST(PicturesAsJpeg, FollowsTheNamesOfTheFiles) {
  const auto as_jpeg = [](const Sample& sample, std::size_t picture) {
    return PicturesAsJpeg(sample, 6).at(picture).as_jpeg;
  };
  EXPECT_TRUE(as_jpeg(WithPictures(1), 0));
  EXPECT_TRUE(as_jpeg(WithPictures(1, "a/b.jpg"), 0));
  EXPECT_TRUE(as_jpeg(WithPictures(1, "a/b.JPEG"), 0));
  EXPECT_FALSE(as_jpeg(WithPictures(1, "a/b.png"), 0));
  EXPECT_TRUE(as_jpeg(WithPictures(2, "['a.jpg', 'b.png']"), 0));
  EXPECT_FALSE(as_jpeg(WithPictures(2, "['a.jpg', 'b.png']"), 1));
}

TEST(PicturesShareTiles, HaveSixtyFourTogetherAndOneAtLeast) {
  EXPECT_TRUE(PicturesShareTiles(WithPictures(0), 6).empty());
  EXPECT_EQ(PicturesShareTiles(WithPictures(1), 24).at(0).max_tiles, 24);
  EXPECT_EQ(PicturesShareTiles(WithPictures(10), 6).at(9).max_tiles, 6);
  EXPECT_EQ(PicturesShareTiles(WithPictures(11), 6).at(10).max_tiles, 5);
  EXPECT_EQ(PicturesShareTiles(WithPictures(100), 6).at(99).max_tiles, 1);
  EXPECT_EQ(PicturesShareTiles(WithPictures(2), 0).at(1).max_tiles, 0);
  EXPECT_FALSE(PicturesShareTiles(WithPictures(1), 6).at(0).as_jpeg);
}

}  // namespace
}  // namespace tessera
