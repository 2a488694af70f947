#include "datasets/base64.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/base/error.h"

namespace tessera {
namespace {

using testing::HasSubstr;

std::string Decoded(std::string_view text) {
  const std::vector<std::uint8_t> bytes = DecodeBase64(text);
  return {bytes.begin(), bytes.end()};
}

std::string ErrorOf(std::string_view text) {
  try {
    DecodeBase64(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  ADD_FAILURE() << "decoded " << text;
  return "";
}

TEST(EncodeBase64, EncodesTheVectorsOfRfc4648) {
  const auto encoded = [](std::string_view text) {
    return EncodeBase64(std::vector<std::uint8_t>(text.begin(), text.end()));
  };
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foob"), "Zm9vYg==");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
  EXPECT_EQ(encoded("\xff\xfe\xfd"), "//79");
}

TEST(DecodeBase64, DecodesTheVectorsOfRfc4648) {
  EXPECT_EQ(Decoded(""), "");
  EXPECT_EQ(Decoded("Zg=="), "f");
  EXPECT_EQ(Decoded("Zm8="), "fo");
  EXPECT_EQ(Decoded("Zm9v"), "foo");
  EXPECT_EQ(Decoded("Zm9vYg=="), "foob");
  EXPECT_EQ(Decoded("Zm9vYmE="), "fooba");
  EXPECT_EQ(Decoded("Zm9vYmFy"), "foobar");
}

TEST(DecodeBase64, UsesAllSixBitsOfEveryDigit) {
  EXPECT_EQ(DecodeBase64("////"), (std::vector<std::uint8_t>{255, 255, 255}));
  EXPECT_EQ(DecodeBase64("+/+/"), (std::vector<std::uint8_t>{0xFB, 0xFF, 0xBF}));
}

TEST(DecodeBase64, SkipsAsciiWhiteSpaceAnywhere) { EXPECT_EQ(Decoded(" Zm9\r\nv\tYg\f=\v= \n"), "foob"); }

TEST(DecodeBase64, NamesTheByteThatIsNotOfTheAlphabet) {
  EXPECT_THAT(ErrorOf("Zm9v-_=="), HasSubstr("0x2d at byte 4"));
  EXPECT_THAT(ErrorOf("Zm\xC3\xA4v"), HasSubstr("0xc3 at byte 2"));
  EXPECT_THAT(ErrorOf(std::string_view("Zm9\0", 4)), HasSubstr("0x00 at byte 3"));
}

TEST(DecodeBase64, RefusesMissingAndMisplacedPadding) {
  EXPECT_THAT(ErrorOf("Zg="), HasSubstr("inside a group"));
  EXPECT_THAT(ErrorOf("Zm8"), HasSubstr("inside a group"));
  EXPECT_THAT(ErrorOf("Z"), HasSubstr("inside a group"));
  EXPECT_THAT(ErrorOf("Z==="), HasSubstr("misplaced '=' at byte 1"));
  EXPECT_THAT(ErrorOf("Zg==="), HasSubstr("misplaced '=' at byte 4"));
  EXPECT_THAT(ErrorOf("Zm9v="), HasSubstr("misplaced '=' at byte 4"));
  EXPECT_THAT(ErrorOf("Zg==Zg=="), HasSubstr("'Z' at byte 4 follows the padding"));
}

}  // namespace
}  // namespace tessera
