#include "datasets/image_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "datasets/decoders.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/hash.h"
#include "harness/base/json_fields.h"

namespace tessera {
namespace {

using Bytes = std::vector<std::uint8_t>;
using testing::HasSubstr;

const std::filesystem::path kRoot = TESSERA_SOURCE_DIR;
const std::filesystem::path kFixtures = kRoot / "tests/fixtures/images";
const std::filesystem::path kGolden = kRoot / "tests/golden/model";

Bytes Load(const std::filesystem::path& path) {
  const std::string content = ReadFile(path);
  return {content.begin(), content.end()};
}

std::vector<Json> ReadJsonLines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Json> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(ParseJson(line, path.string()));
  return lines;
}

/// The message of the Error that decoding `bytes` throws; fails the test when it throws none.
std::string ErrorOf(const Bytes& bytes) {
  try {
    DecodeImage(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  ADD_FAILURE() << "decoded " << bytes.size() << " bytes without an error";
  return "";
}

Bytes Cut(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

/// `bytes` with `patch` over the bytes from `offset`.
Bytes Patched(Bytes bytes, std::size_t offset, const Bytes& patch) {
  std::copy(patch.begin(), patch.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  return bytes;
}

/// Offset of the first occurrence of `marker`.
std::size_t Find(const Bytes& bytes, const Bytes& marker) {
  return static_cast<std::size_t>(std::search(bytes.begin(), bytes.end(), marker.begin(), marker.end()) -
                                  bytes.begin());
}

void ExpectDecodesTo(const std::filesystem::path& path, const Json& expected) {
  SCOPED_TRACE(path.filename().string());
  const Bytes bytes = Load(path);
  const Image image = DecodeImage(bytes);
  EXPECT_EQ(image.width, expected["width"].get<int>());
  EXPECT_EQ(image.height, expected["height"].get<int>());
  EXPECT_EQ(Sha256(image.rgb), expected["rgb_sha256"].get<std::string>());
  const ImageSize size = ReadImageSize(bytes);
  EXPECT_EQ(size.width, image.width);
  EXPECT_EQ(size.height, image.height);
}

TEST(DecodeImage, EqualsPillowOnTheGoldenJpegAndPngFiles) {
  const std::vector<Json> cases = ReadJsonLines(kGolden / "preprocess/decode.jsonl");
  ASSERT_EQ(cases.size(), 28u);
  for (const Json& expected : cases) {
    ExpectDecodesTo(kGolden / "images" / expected["image"].get<std::string>(), expected);
    if (!expected.contains("decoded_png") || expected["decoded_png"].is_null()) continue;
    ExpectDecodesTo(kGolden / expected["decoded_png"].get<std::string>(), expected);
  }
}

TEST(DecodeImage, EqualsPillowOnWebpBmpAndGifFiles) {
  const Json cases = ReadJsonFile(kFixtures / "expected.json");
  ASSERT_EQ(cases.size(), 26u);
  for (const Json& expected : cases) ExpectDecodesTo(kFixtures / expected["file"].get<std::string>(), expected);
}

TEST(DetectImageFormat, GoesByContentNotByName) {
  EXPECT_EQ(DetectImageFormat(Load(kGolden / "images/jpeg444_301x203.jpg")), ImageFormat::kJpeg);
  EXPECT_EQ(DetectImageFormat(Load(kGolden / "images/one_1x1.png")), ImageFormat::kPng);
  EXPECT_EQ(DetectImageFormat(Load(kFixtures / "lossy.webp")), ImageFormat::kWebp);
  EXPECT_EQ(DetectImageFormat(Load(kFixtures / "rgb24.bmp")), ImageFormat::kBmp);
  EXPECT_EQ(DetectImageFormat(Load(kFixtures / "plain.gif")), ImageFormat::kGif);
  EXPECT_EQ(ImageFormatName(ImageFormat::kWebp), "WebP");
}

TEST(DetectImageFormat, RefusesOtherContentAndShowsItsFirstBytes) {
  EXPECT_THAT(ErrorOf({}), HasSubstr("found 0 bytes"));
  EXPECT_THAT(ErrorOf({'%', 'P', 'D', 'F'}), HasSubstr("found bytes 25 50 44 46"));
  EXPECT_THAT(ErrorOf({0x89, 'P', 'N', 'G', '\n'}), HasSubstr("expected a JPEG, PNG, WebP, BMP or GIF"));
  EXPECT_THAT(ErrorOf({'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'A', 'V', 'E'}), HasSubstr("52 49 46 46"));
}

/// Files of every format and coding.
std::vector<std::filesystem::path> SampleFiles() {
  std::vector<std::filesystem::path> files;
  for (const char* name : {"jpeg444_301x203.jpg", "jpeg_prog_301x203.jpg", "cmyk_200x300.jpg", "jpeg_grey_240x180.jpg",
                           "noise_96x64.png", "palette_trns_120x90.png", "grey16_160x160.png"}) {
    files.push_back(kGolden / "images" / name);
  }
  for (const Json& expected : ReadJsonFile(kFixtures / "expected.json")) {
    files.push_back(kFixtures / expected["file"].get<std::string>());
  }
  return files;
}

TEST(DecodeImage, NeverReturnsPartOfATruncatedPicture) {
  for (const std::filesystem::path& path : SampleFiles()) {
    SCOPED_TRACE(path.filename().string());
    const Bytes bytes = Load(path);
    const Bytes whole = DecodeImage(bytes).rgb;
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / 97);
    for (std::size_t size = 0; size < bytes.size(); size += step) {
      try {
        // What is cut may be padding or a trailer: then nothing of the picture is lost.
        ASSERT_EQ(DecodeImage(Cut(bytes, size)).rgb, whole) << size << " of " << bytes.size() << " bytes";
        EXPECT_GT(size, bytes.size() * 9 / 10);
      } catch (const Error&) {
      }
    }
  }
}

TEST(DecodeImage, RefusesAFileCutInTheMiddle) {
  for (const std::filesystem::path& path : SampleFiles()) {
    SCOPED_TRACE(path.filename().string());
    const Bytes bytes = Load(path);
    ErrorOf(Cut(bytes, bytes.size() / 2));
  }
}

TEST(DecodeImage, SurvivesDamagedFiles) {
  std::mt19937 random(7);
  for (const std::filesystem::path& path : SampleFiles()) {
    const Bytes bytes = Load(path);
    for (int round = 0; round < 60; ++round) {
      Bytes damaged = bytes;
      // Half of the damage goes to the headers, where the sizes are.
      const std::size_t reach = round % 2 == 0 ? std::min<std::size_t>(bytes.size(), 64) : bytes.size();
      for (int i = 0; i < 4; ++i) damaged[random() % reach] = static_cast<std::uint8_t>(random());
      try {
        // A damaged size may be large and still allowed; decoding that is slow and shows nothing more.
        const ImageSize size = ReadImageSize(damaged);
        if (std::int64_t{size.width} * size.height > 1'000'000) continue;
        const Image image = DecodeImage(damaged);
        EXPECT_EQ(image.rgb.size(),
                  3u * static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height));
      } catch (const Error&) {
      }
    }
  }
}

TEST(CheckedSize, AllowsTheLargestPictureAndNotOneRowMore) {
  EXPECT_EQ(CheckedSize(kMaxImagePixels, 1, "X").width, kMaxImagePixels);
  EXPECT_THROW(CheckedSize(kMaxImagePixels + 1, 1, "X"), Error);
  EXPECT_THROW(CheckedSize(std::int64_t{1} << 40, std::int64_t{1} << 40, "X"), Error);
  EXPECT_THROW(CheckedSize(0, 5, "X"), Error);
  EXPECT_THROW(CheckedSize(5, -1, "X"), Error);
}

TEST(DecodeImage, RefusesAHeaderThatClaimsTooManyPixels) {
  const Bytes jpeg = Load(kGolden / "images/jpeg444_301x203.jpg");
  const Bytes jpeg_claim = Patched(jpeg, Find(jpeg, {0xFF, 0xC0}) + 5, {0xEA, 0x60, 0xEA, 0x60});
  EXPECT_THAT(ErrorOf(jpeg_claim), HasSubstr("60000 x 60000"));
  EXPECT_THROW(ReadImageSize(jpeg_claim), Error);

  // Width, height, 8-bit RGB, and the CRC that belongs to them.
  const Bytes png_claim = Patched(Load(kGolden / "images/one_1x1.png"), 16,
                                  {0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0, 0x0F, 0xB0, 0xE2, 0x15});
  EXPECT_THAT(ErrorOf(png_claim), HasSubstr("60000 x 60000"));

  const Bytes bmp = Load(kFixtures / "rgb24.bmp");
  EXPECT_THAT(ErrorOf(Patched(bmp, 18, {0x60, 0xEA, 0, 0, 0x60, 0xEA, 0, 0})), HasSubstr("60000 x 60000"));
  EXPECT_THAT(ErrorOf(Patched(bmp, 18, {0xFF, 0xFF, 0xFF, 0xFF})), HasSubstr("4294967295 x 11"));

  const Bytes gif = Load(kFixtures / "plain.gif");
  EXPECT_THAT(ErrorOf(Patched(gif, 6, {0x60, 0xEA, 0x60, 0xEA})), HasSubstr("60000 x 60000"));

  const Bytes webp = Load(kFixtures / "animated.webp");  // canvas: 24 bits each, less one
  EXPECT_THAT(ErrorOf(Patched(webp, 24, {0x5F, 0xEA, 0, 0x5F, 0xEA, 0})), HasSubstr("60000 x 60000"));
}

TEST(DecodeImage, RefusesAPictureWithoutPixels) {
  EXPECT_THAT(ErrorOf(Patched(Load(kFixtures / "rgb24.bmp"), 18, {0, 0, 0, 0})), HasSubstr("0 x 11"));
  const Bytes jpeg = Load(kGolden / "images/jpeg444_301x203.jpg");
  EXPECT_THAT(ErrorOf(Patched(jpeg, Find(jpeg, {0xFF, 0xC0}) + 5, {0, 0})), HasSubstr("JPEG"));
}

TEST(DecodeJpeg, RefusesDamagedEntropyCodedData) {
  const Bytes jpeg = Load(kGolden / "images/jpeg444_301x203.jpg");
  EXPECT_THAT(ErrorOf(Patched(jpeg, jpeg.size() / 2, Bytes(64, 0xFF))), HasSubstr("Corrupt JPEG data"));
}

TEST(DecodeJpeg, RefusesAMissingEndMarker) {
  const Bytes jpeg = Load(kGolden / "images/jpeg444_301x203.jpg");
  EXPECT_THAT(ErrorOf(Cut(jpeg, jpeg.size() - 2)), HasSubstr("Premature end"));
}

TEST(DecodeJpeg, AllowsStrayBytesBetweenSegments) {
  const Bytes jpeg = Load(kGolden / "images/jpeg444_301x203.jpg");
  Bytes stray = jpeg;
  const std::size_t frame_header = Find(jpeg, {0xFF, 0xC0});
  stray.insert(stray.begin() + static_cast<std::ptrdiff_t>(frame_header), {1, 2, 3});
  EXPECT_EQ(DecodeImage(stray).rgb, DecodeImage(jpeg).rgb);
}

TEST(DecodeJpeg, RefusesScansWithoutEnd) {
  const Bytes jpeg = Load(kGolden / "images/jpeg_prog_301x203.jpg");
  // The first scan, up to the next Huffman table, may be repeated: it only sets the same coefficients again.
  const auto scan_start = jpeg.begin() + static_cast<std::ptrdiff_t>(Find(jpeg, {0xFF, 0xDA}));
  const Bytes rest(scan_start, jpeg.end());
  const Bytes scan(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(Find(rest, {0xFF, 0xC4})));
  const auto with_repeats = [&](int count) {
    Bytes bytes(jpeg.begin(), scan_start);
    for (int i = 0; i < count; ++i) bytes.insert(bytes.end(), scan.begin(), scan.end());
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    return bytes;
  };
  EXPECT_EQ(DecodeImage(with_repeats(20)).rgb, DecodeImage(jpeg).rgb);
  EXPECT_THAT(ErrorOf(with_repeats(200)), HasSubstr("more than 100 scans"));
}

TEST(DecodePng, RefusesDataThatItsChecksumDoesNotMatch) {
  const Bytes png = Load(kGolden / "images/noise_96x64.png");
  EXPECT_THAT(ErrorOf(Patched(png, png.size() / 2, {0, 1, 2, 3})), HasSubstr("PNG: "));
}

TEST(DecodeBmp, RefusesWhatPillowRefuses) {
  const Bytes bmp = Load(kFixtures / "palette8.bmp");
  EXPECT_THAT(ErrorOf(Patched(bmp, 14, {41})), HasSubstr("a header of 41 bytes"));
  EXPECT_THAT(ErrorOf(Patched(bmp, 28, {2})), HasSubstr("2 bits a pixel"));
  EXPECT_THAT(ErrorOf(Patched(bmp, 30, {4})), HasSubstr("unknown compression 4"));
  EXPECT_THAT(ErrorOf(Patched(bmp, 46, {1, 1})), HasSubstr("a palette of 257 colours"));
  EXPECT_THAT(ErrorOf(Patched(bmp, 10, {0xFF, 0xFF, 0xFF, 0xFF})), HasSubstr("0 bytes of pixels"));
  EXPECT_THAT(ErrorOf(Patched(Load(kFixtures / "rgb565.bmp"), 54, {1})), HasSubstr("unknown channel masks"));
  EXPECT_THAT(ErrorOf(Patched(Load(kFixtures / "rgb24.bmp"), 30, {1})), HasSubstr("runs of 24-bit pixels"));
}

TEST(DecodeBmp, RefusesRunsThatEndBeforeThePicture) {
  const Bytes bmp = Load(kFixtures / "rle8.bmp");
  EXPECT_THAT(ErrorOf(Patched(bmp, 54 + 4 * 256, {0, 1})), HasSubstr("0 pixels in the runs, expected 143"));
}

TEST(DecodeGif, RefusesAFileWithoutAFrame) {
  EXPECT_THAT(ErrorOf({'G', 'I', 'F', '8', '9', 'a', 5, 0, 5, 0, 0, 0, 0, ';'}), HasSubstr("there is no frame"));
}

TEST(DecodeGif, RefusesAnLzwCodeThatTheTableDoesNotHaveYet) {
  // 1 x 2 pixels of 2 bits: the codes clear, 1, 7 (the table ends at 6), end, of 3 bits each.
  const Bytes gif{'G', 'I', 'F', '8', '9', 'a', 1, 0, 2, 0, 0,    0,    0, ',', 0,
                  0,   0,   0,   1,   0,   2,   0, 0, 2, 2, 0xCC, 0x0B, 0, ';'};
  EXPECT_THAT(ErrorOf(gif), HasSubstr("unknown LZW code 7"));
}

TEST(DecodeGif, RefusesFewerPixelsThanTheFrameHas) {
  // The codes clear, 1, end.
  const Bytes gif{'G', 'I', 'F', '8', '9', 'a', 1, 0, 2, 0, 0,    0,    0, ',', 0,
                  0,   0,   0,   1,   0,   2,   0, 0, 2, 2, 0x4C, 0x01, 0, ';'};
  EXPECT_THAT(ErrorOf(gif), HasSubstr("1 pixels, expected 2"));
}

}  // namespace
}  // namespace tessera
