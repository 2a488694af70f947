#include "harness/base/strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tessera {
namespace {

using testing::ElementsAre;

TEST(Split, GivesOnePartPerSeparatorAndOneMore) {
  EXPECT_THAT(Split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

TEST(Join, PutsTheSeparatorBetweenParts) {
  EXPECT_EQ(Join(std::vector<std::string>{"a", "b"}, ", "), "a, b");
  EXPECT_EQ(Join(std::vector<std::string>{}, ", "), "");
}

TEST(IsUtf8, RefusesSurrogatesOverlongFormsAndCutSequences) {
  EXPECT_TRUE(IsUtf8("a\u00e9\u4e66\U0001F600"));
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));
  EXPECT_FALSE(IsUtf8("\xc0\xaf"));
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(IsUtf8("\xe4\xb9"));
}

TEST(ReplaceInvalidUtf8, ReplacesEachIllFormedByte) {
  EXPECT_EQ(ReplaceInvalidUtf8("a\xff\xfe\u4e66"), "a\uFFFD\uFFFD\u4e66");
}

TEST(StripWhiteSpace, TakesUnicodeBlanksFromBothEndsOnly) {
  EXPECT_EQ(StripWhiteSpace("\u3000 a b\t\u00a0\n"), "a b");
  EXPECT_EQ(StripWhiteSpace(" \n"), "");
}

TEST(Shorten, CutsAtACharacterBorder) {
  EXPECT_EQ(Shorten("\u4e66\u4e66", 4), "\u4e66...");
  EXPECT_EQ(Shorten("abc", 3), "abc");
}

TEST(NearestName, FindsATypingErrorAndNothingFarAway) {
  const std::vector<std::string> names = {"chartqa", "docvqa"};
  EXPECT_EQ(NearestName("chartq", names), "chartqa");
  EXPECT_EQ(NearestName("zzzzzz", names), std::nullopt);
}

}  // namespace
}  // namespace tessera
