#include "metrics/anls.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace tessera::metrics {
namespace {

double Score(std::string_view answer, std::vector<std::string> references) { return Anls(answer, references); }

struct Case {
  const char *answer, *reference;
  double value;
};

void ExpectScores(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_NEAR(Score(c.answer, {c.reference}), c.value, 1e-12) << c.answer;
}

TEST(Anls, IsOneMinusEditsPerLength) {
  ExpectScores({{"abcd", "abcd", 1},
                {"abcx", "abcd", 0.75},        // substituted
                {"abcde", "abcd", 0.8},        // inserted
                {"abd", "abcd", 0.75},         // deleted
                {"abdc", "abcd", 0.5},         // a swap is two edits
                {"63,000", "63000", 5 / 6.0},  // separators get no special treatment
                {"$5", "5", 0.5},
                {"kitten", "sitting", 4 / 7.0}});
}

TEST(Anls, IsZeroBelowOneHalf) {
  ExpectScores({{"ab", "ax", 0.5}, {"abc", "axx", 0}, {"", "x", 0}, {"x", "", 0}, {"no", "twelve", 0}});
  EXPECT_NEAR(Anls("abc", std::vector<std::string>{"axx"}, /*threshold=*/0.3), 1 / 3.0, 1e-12);
}

TEST(Anls, IgnoresCaseAndWhiteSpaceRuns) {
  ExpectScores({{"  New   York\n", "new york", 1}, {"a\u3000b", "A b", 1}, {"a\u200bb", "ab", 2 / 3.0}});
}

TEST(Anls, DividesByTheRawLength) {
  ExpectScores({{"a      c", "a b", 0.875}, {"   ", "", 1}, {"", "", 1}});
  EXPECT_NEAR(AnlsDistance("a      c", "a b"), 1 / 8.0, 1e-12);
}

TEST(Anls, MeasuresLengthInUpperCase) {
  ExpectScores({{"ßx", "ßy", 2 / 3.0},           // SSX: 3
                {"ﬁn", "ﬁm", 2 / 3.0},           // FIN: 3
                {"İ", "i", 0},                   // two code points in lower case, one in upper case
                {"\u0390a", "\u0390b", 0.75}});  // three and one
}

TEST(Anls, CountsCodePointsWithoutUnicodeNormalisation) {
  ExpectScores({{"é", "e\u0301", 0},  // 2 edits over 2
                {"北京市", "北京", 2 / 3.0},
                {"😀a", "😀b", 0.5},
                {"ＡＢ", "ab", 0}});
}

TEST(Anls, KnowsTheFinalSigma) { ExpectScores({{"ΟΔΟΣ", "οδος", 1}, {"ΟΔΟΣ", "οδοσ", 0.75}}); }

TEST(Anls, TakesTheNearestReference) {
  EXPECT_EQ(Score("abcd", {"zzzz", "abcd"}), 1);
  EXPECT_EQ(Score("abcd", {"abxx", "abcx", "zzzz"}), 0.75);
}

TEST(Anls, NeedsAReference) { EXPECT_THROW(Score("a", {}), std::invalid_argument); }

}  // namespace
}  // namespace tessera::metrics
