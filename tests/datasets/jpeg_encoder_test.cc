#include "datasets/jpeg_encoder.h"

#include <gtest/gtest.h>

#include "datasets/image_codec.h"
#include "harness/base/error.h"
#include "harness/base/hash.h"

namespace tessera {
namespace {

/// Colour ramps, whose products change fast enough to use every coefficient.
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

// Made by tests/datasets/make_jpeg_hashes.py with Pillow 10.3.0: SHA-256 of the pixels after Image.save and Image.open.
TEST(ThroughJpeg, GivesThePixelsThatPillowReadsBack) {
  EXPECT_EQ(Sha256(ThroughJpeg(Ramps(64, 48)).rgb), "281a997cc565de1c1f158cc624c1ae561bada0223b91530729ab75958afca172");
  EXPECT_EQ(Sha256(ThroughJpeg(Ramps(37, 21)).rgb), "c9a57894c8d94a3e738ba362da69c4ea2c9ca61d70aeb2b16c92f4b8e3b6a313");
  EXPECT_EQ(Sha256(ThroughJpeg(Ramps(1, 1)).rgb), "91147ecbd5b9324a18f381688ca3b992bdc0a7b920f99f5732eb9d5f4245f727");
}

TEST(EncodeJpeg, WritesAJpegFile) {
  const std::vector<std::uint8_t> bytes = EncodeJpeg(Ramps(20, 10));
  EXPECT_EQ(DetectImageFormat(bytes), ImageFormat::kJpeg);
  EXPECT_EQ(ReadImageSize(bytes).width, 20);
  EXPECT_EQ(ReadImageSize(bytes).height, 10);
}

TEST(EncodeJpeg, RefusesSidesThatAJpegCannotHave) {
  EXPECT_THROW(EncodeJpeg(Image{}), Error);
  Image wide{.width = 70000, .height = 1};
  wide.rgb.resize(3 * 70000);
  EXPECT_THROW(EncodeJpeg(wide), Error);
}

}  // namespace
}  // namespace tessera
