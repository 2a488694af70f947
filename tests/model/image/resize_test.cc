#include "model/image/resize.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>

#include "datasets/image_codec.h"
#include "harness/base/files.h"
#include "harness/base/hash.h"
#include "harness/base/json_fields.h"

namespace tessera {
namespace {

const std::filesystem::path kGolden = std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/golden/model/resize";

Image LoadImage(const std::filesystem::path& path) {
  const std::string content = ReadFile(path);
  return DecodeImage({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
}

Image Noise(int width, int height, std::mt19937& random) {
  Image image{.width = width, .height = height};
  image.rgb.resize(3u * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (std::uint8_t& byte : image.rgb) byte = static_cast<std::uint8_t>(random());
  return image;
}

/// Every pixel either 0 or 255: the largest sums and the strongest overshoot.
Image BlackAndWhite(int width, int height, std::mt19937& random) {
  Image image = Noise(width, height, random);
  for (std::uint8_t& byte : image.rgb) byte = byte < 128 ? 0 : 255;
  return image;
}

TEST(ResizeBicubic, EqualsPillowOnEveryGolden) {
  const Json manifest = ReadJsonFile(kGolden / "manifest.json");
  ASSERT_GE(manifest["cases"].size(), 24u);
  for (const Json& golden : manifest["cases"]) {
    SCOPED_TRACE(golden["input"].get<std::string>());
    const Image input = LoadImage(kGolden / golden["input"].get<std::string>());
    const Image expected = LoadImage(kGolden / golden["output"].get<std::string>());
    const int width = golden["out_size"][0].get<int>(), height = golden["out_size"][1].get<int>();
    EXPECT_EQ(Sha256(ResizeBicubic(input, width, height, 2).rgb), golden["out_rgb_sha256"].get<std::string>());
    EXPECT_EQ(ResizeBicubicReference(input, width, height).rgb, expected.rgb);
  }
}

TEST(ResizeBicubic, EqualsThePlainLoopsOnRandomShapes) {
  std::mt19937 random(11);
  std::uniform_int_distribution<int> side(1, 150), short_side(1, 9);
  for (int round = 0; round < 400; ++round) {
    // Short sides in a quarter of the rounds: there groups of pixels reach past the end of the picture.
    auto& distribution = round % 4 == 0 ? short_side : side;
    const int in_width = distribution(random), in_height = side(random);
    const int width = side(random), height = round % 8 == 1 ? in_height : side(random);
    const Image image =
        round % 2 == 0 ? Noise(in_width, in_height, random) : BlackAndWhite(in_width, in_height, random);
    ASSERT_EQ(ResizeBicubic(image, width, height, 1).rgb, ResizeBicubicReference(image, width, height).rgb)
        << in_width << " x " << in_height << " to " << width << " x " << height;
  }
}

TEST(ResizeBicubic, EqualsThePlainLoopsOnLongAxes) {
  std::mt19937 random(12);
  const Image wide = BlackAndWhite(70'000, 2, random), tall = BlackAndWhite(2, 70'000, random);
  EXPECT_EQ(ResizeBicubic(wide, 5, 3, 1).rgb, ResizeBicubicReference(wide, 5, 3).rgb);
  EXPECT_EQ(ResizeBicubic(tall, 3, 5, 1).rgb, ResizeBicubicReference(tall, 3, 5).rgb);
}

TEST(ResizeBicubic, DoesNotDependOnTheThreadCount) {
  std::mt19937 random(13);
  const Image image = Noise(203, 301, random);
  const Image expected = ResizeBicubic(image, 448, 224, 1);
  for (const int threads : {2, 3, 8, 100})
    EXPECT_EQ(ResizeBicubic(image, 448, 224, threads).rgb, expected.rgb) << threads;
}

TEST(ResizeBicubic, KeepsAFlatPictureFlat) {
  Image image{.width = 37, .height = 21, .rgb = std::vector<std::uint8_t>(37 * 21 * 3, 255)};
  const Image out = ResizeBicubic(image, 100, 5, 1);
  EXPECT_EQ(out.width, 100);
  EXPECT_EQ(out.height, 5);
  EXPECT_EQ(out.rgb, std::vector<std::uint8_t>(100 * 5 * 3, 255));
}

TEST(ResizeBicubic, CopiesAPictureThatHasTheSizeAlready) {
  std::mt19937 random(14);
  const Image image = Noise(9, 7, random);
  EXPECT_EQ(ResizeBicubic(image, 9, 7, 4).rgb, image.rgb);
}

TEST(ResizeBicubic, RefusesSizesBelowOne) {
  std::mt19937 random(15);
  const Image image = Noise(4, 4, random);
  EXPECT_THROW(ResizeBicubic(image, 0, 4, 1), std::invalid_argument);
  EXPECT_THROW(ResizeBicubic(image, 4, -1, 1), std::invalid_argument);
  EXPECT_THROW(ResizeBicubic(Image{}, 4, 4, 1), std::invalid_argument);
}

/// Colour ramps, whose products change fast.
Image Ramps(int width, int height) {
  Image image{.width = width, .height = height};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const int value : {7 * x + 3 * y, x * y, 255 - 5 * x}) {
        image.rgb.push_back(static_cast<std::uint8_t>(value & 255));
      }
    }
  }
  return image;
}

// Made by tests/model/image/make_bilinear_hashes.py with Pillow 10.3.0.
TEST(ResizeBilinear, EqualsPillow) {
  struct Case {
    int width, height, new_width, new_height;
    const char* sha256;
  };
  for (const Case& c : {
           Case{64, 48, 128, 96, "aeca5fcdc69cb8eba1057caca459853fb462a81507f0bd536650743ba83ffe00"},
           Case{37, 21, 74, 42, "21552252beb86c11f33065e3d785dfba11ed829be588a89c30b5e76175cdeefd"},
           Case{1, 1, 2, 2, "7263ad3fd60c6620abd423516d748baedf5e393b1fbdaaf780ff5803a443cc4f"},
           Case{300, 7, 600, 14, "f6729d02ed3f710df19495388d638c5673bb813e3f9115ebe31cefa6f6dc78fc"},
           Case{64, 48, 25, 31, "5371a3c18f09ed41c10b2926e89c644d28db300c748b49edb9b78e592a941001"},
           Case{37, 21, 37, 50, "c26a10b39b0fbb22f49b531438068ac7c2d4b21378722dfd9b0b20ee711ac2ac"},
       }) {
    for (const int threads : {1, 3}) {
      EXPECT_EQ(Sha256(ResizeBilinear(Ramps(c.width, c.height), c.new_width, c.new_height, threads).rgb), c.sha256)
          << c.width << " x " << c.height << " to " << c.new_width << " x " << c.new_height;
    }
  }
}

}  // namespace
}  // namespace tessera
