#include "metrics/python_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tessera::metrics {
namespace {

using testing::ElementsAre;

// All expected values are what CPython 3.11.7 prints.

TEST(Strip, TakesUnicodeWhiteSpaceButNotZeroWidthSpace) {
  EXPECT_EQ(Strip("\u3000\u00a0\x1c a b\u2028\x85"), "a b\u2028\x85");  // a lone byte 0x85 is ill-formed, not U+0085
  EXPECT_EQ(Strip("\u0085x\u205f"), "x");
  EXPECT_EQ(Strip("\u200bx\ufeff"), "\u200bx\ufeff");
  EXPECT_EQ(Strip(" \t\n"), "");
  EXPECT_EQ(Strip(""), "");
}

TEST(SplitWhiteSpace, SplitsAtEveryScript) {
  EXPECT_THAT(SplitWhiteSpace(" a\u2003b\n\nc中\u3000"), ElementsAre("a", "b", "c中"));
  EXPECT_THAT(SplitWhiteSpace(" \u3000 "), ElementsAre());
}

TEST(IsDecimalDigit, KnowsAllScripts) {
  for (const char32_t digit : {U'0', U'9', U'٣', U'３'}) EXPECT_TRUE(IsDecimalDigit(digit));
  for (const char32_t other : {U'a', U'²', U'½', U'三'}) EXPECT_FALSE(IsDecimalDigit(other));
}

TEST(UpperLength, CountsCodePointsThatGrow) {
  EXPECT_EQ(UpperLength("Straße"), 7u);
  EXPECT_EQ(UpperLength("ﬁ ﬃ"), 6u);
  EXPECT_EQ(UpperLength("ΐ"), 3u);
  EXPECT_EQ(UpperLength("中😀e\u0301"), 4u);
  EXPECT_EQ(UpperLength(""), 0u);
}

TEST(Replace, GoesFromLeftToRightOnce) {
  EXPECT_EQ(Replace("aaa", "aa", "b"), "ba");
  EXPECT_EQ(Replace("it's 's", "'s", " 's"), "it 's  's");
  EXPECT_EQ(Replace("a,b,", ",", ""), "ab");
  EXPECT_EQ(Replace("", "a", "b"), "");
}

TEST(Lower, IsFullLowerCasing) {
  EXPECT_EQ(Lower("İSTANBUL"), "i\u0307stanbul");
  EXPECT_EQ(Lower("STRAẞE Straße"), "straße straße");
  EXPECT_EQ(Lower("\U00010400Ꭰ"), "\U00010428ꭰ");
  EXPECT_EQ(Lower("中"), "中");
}

TEST(Lower, KnowsTheFinalSigma) {
  EXPECT_EQ(Lower("ΣΊΣΥΦΟΣ"), "σίσυφος");
  EXPECT_EQ(Lower("Σ"), "σ");                // no letter before it
  EXPECT_EQ(Lower("ΑΣ."), "ας.");            // ignorable after it
  EXPECT_EQ(Lower("ΑΣ'Α"), "ασ'α");          // a letter behind the ignorable
  EXPECT_EQ(Lower("Α\u0301Σ"), "α\u0301ς");  // ignorable before it
}

TEST(CodePoints, CountsIllFormedBytesOneByOne) {
  EXPECT_EQ(CodePoints("a中\U0001F600"), U"a中\U0001F600");
  EXPECT_EQ(CodePoints("\xC0\x80"), U"\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(CodePoints("\xED\xA0\x80"), U"\uFFFD\uFFFD\uFFFD");  // surrogate
  EXPECT_EQ(CodePoints("\xE4\xB8"), U"\uFFFD\uFFFD");            // cut
  EXPECT_EQ(CodePoints("\xF4\x90\x80\x80").size(), 4u);          // past U+10FFFF
  EXPECT_EQ(CodePointCount("é中\xFF"), 3u);
}

TEST(AppendUtf8, WritesAllLengths) {
  std::string text;
  for (const char32_t c : U"aé中\U0001F600") {
    if (c != 0) AppendUtf8(c, text);
  }
  EXPECT_EQ(text, "aé中\U0001F600");
}

TEST(HasChinese, IsTheUnifiedBlockOnly) {
  EXPECT_TRUE(HasChinese("x一"));
  EXPECT_TRUE(HasChinese("\u9fff"));
  EXPECT_FALSE(HasChinese("㐀 ひらがな 한국어 。"));
}

TEST(ParseFloat, AcceptsPythonsSyntax) {
  const std::pair<const char*, double> kCases[] = {{"5.", 5},
                                                   {".5", .5},
                                                   {" 1e3\n", 1000},
                                                   {"+1_0.5", 10.5},
                                                   {"１２.５", 12.5},
                                                   {"٣", 3},
                                                   {"1E-2", .01},
                                                   {"007", 7},
                                                   {"1e400", HUGE_VAL},
                                                   {"-1e400", -HUGE_VAL},
                                                   {"1e-400", 0},
                                                   {"iNf", HUGE_VAL},
                                                   {"-Infinity", -HUGE_VAL},
                                                   {"4.9e-324", 4.9e-324},
                                                   {"0.0000001e400", HUGE_VAL},
                                                   {"\u30001\u2003", 1}};
  for (const auto& [text, value] : kCases) {
    ASSERT_TRUE(ParseFloat(text).has_value()) << text;
    EXPECT_EQ(*ParseFloat(text), value) << text;
  }
  EXPECT_TRUE(std::isnan(ParseFloat("+NaN").value()));
}

TEST(ParseFloat, RefusesWhatPythonRefuses) {
  for (const char* text : {"",     " ",  ".",   "1,000", "$5",  "5k", "1/2", "0x10", "\u22125", "1__0",  "_1",  "1_",
                           "1_.5", "1e", "1e+", "e3",    "1 0", "十", "5%",  "--1",  "infin",   "1.2.3", "\xFF"}) {
    EXPECT_FALSE(ParseFloat(text).has_value()) << text;
  }
}

TEST(ParseInt, GivesCanonicalDigitsOfAnySize) {
  EXPECT_EQ(ParseInt(" -0_07 "), "-7");
  EXPECT_EQ(ParseInt("-000"), "0");
  EXPECT_EQ(ParseInt("+٣４"), "34");
  EXPECT_EQ(ParseInt(std::string(4300, '9')), std::string(4300, '9'));
  EXPECT_EQ(ParseInt(std::string(4301, '9')), std::nullopt);
  for (const char* text : {"", "1.0", "1e3", "0x10", "1__0", "-"}) EXPECT_EQ(ParseInt(text), std::nullopt) << text;
}

TEST(FloatRepr, IsTheShortestRoundTrip) {
  EXPECT_EQ(FloatRepr(12), "12.0");
  EXPECT_EQ(FloatRepr(0.1), "0.1");
  EXPECT_EQ(FloatRepr(-0.0), "-0.0");
  EXPECT_EQ(FloatRepr(1e16), "1e+16");
  EXPECT_EQ(FloatRepr(9999999999999998), "9999999999999998.0");
  EXPECT_EQ(FloatRepr(0.0001), "0.0001");
  EXPECT_EQ(FloatRepr(0.00001), "1e-05");
  EXPECT_EQ(FloatRepr(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(FloatRepr(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(FloatRepr(NAN), "nan");
}

}  // namespace
}  // namespace tessera::metrics
