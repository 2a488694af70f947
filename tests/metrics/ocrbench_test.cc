#include "metrics/ocrbench.h"

#include <gtest/gtest.h>

#include <vector>

namespace tessera::metrics {
namespace {

double Plain(std::string_view answer, const std::string& reference) {
  return OcrBenchHit(answer, std::vector{reference}, OcrBenchText::kPlain);
}

double Formula(std::string_view answer, const std::string& reference) {
  return OcrBenchHit(answer, std::vector{reference}, OcrBenchText::kFormula);
}

TEST(OcrBenchHit, FindsTheReferenceAnywhereInThePlainAnswer) {
  EXPECT_EQ(Plain("The word is \"CENTRE\".", "Centre"), 1);
  EXPECT_EQ(Plain("0012345", "12345"), 1);
  EXPECT_EQ(Plain("I do not know", "no"), 1);
  EXPECT_EQ(Plain("cent", "centre"), 0);
  EXPECT_EQ(Plain("CEN TRE", "centre"), 0);
}

TEST(OcrBenchHit, StripsBothSidesAndTurnsNewlinesIntoBlanks) {
  EXPECT_EQ(Plain("two\nlines", " two lines\n"), 1);
  EXPECT_EQ(Plain("two  lines", "two lines"), 0);
  EXPECT_EQ(Plain("two\r\nlines", "two lines"), 0);
  EXPECT_EQ(Plain("two\tlines", "two lines"), 0);
  EXPECT_EQ(Plain("two lines", "\u3000two lines\u00A0"), 1);
}

TEST(OcrBenchHit, LowersWithoutFolding) {
  EXPECT_EQ(Plain("STRASSE", "straße"), 0);
  EXPECT_EQ(Plain("istanbul", "İstanbul"), 0);
  EXPECT_EQ(Plain("CAFÉ", "café"), 1);
  EXPECT_EQ(Plain("cafe", "café"), 0);
  EXPECT_EQ(Plain("１２", "12"), 0);
}

TEST(OcrBenchHit, AnEmptyReferenceIsInEveryAnswer) {
  EXPECT_EQ(Plain("", ""), 1);
  EXPECT_EQ(Plain("x", " \n"), 1);
  EXPECT_EQ(Plain("", "x"), 0);
  EXPECT_EQ(Formula("x", "\n"), 1);
}

TEST(OcrBenchHit, FormulasLoseBlanksAndKeepTheirCase) {
  EXPECT_EQ(Formula("\\frac{1}{2}", "\\frac { 1 } { 2 }"), 1);
  EXPECT_EQ(Formula("It is\nx^{2}.", "x ^ { 2 }"), 1);
  EXPECT_EQ(Formula("X^{2}", "x^{2}"), 0);
  EXPECT_EQ(Formula("a\tb", "ab"), 0);
  EXPECT_EQ(Formula("a\u00A0b", "ab"), 0);
  EXPECT_EQ(Formula("\\dfrac{1}{2}", "\\frac{1}{2}"), 0);
}

TEST(OcrBenchHit, TakesAnyReference) {
  const std::vector<std::string> references = {"ANTONIOS", "ANTONIO'S"};
  EXPECT_EQ(OcrBenchHit("antonio's", references, OcrBenchText::kPlain), 1);
  EXPECT_EQ(OcrBenchHit("antonio", references, OcrBenchText::kPlain), 0);
  EXPECT_EQ(OcrBenchHit("antonio", {}, OcrBenchText::kPlain), 0);
}

}  // namespace
}  // namespace tessera::metrics
