#include "metrics/yes_no.h"

#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

TEST(MmePostProcess, TranslatesAndDeletesChinese) {
  EXPECT_EQ(MmePostProcess("不是，图中没有"), "no，");
  EXPECT_EQ(MmePostProcess("是否"), "yesno");
  EXPECT_EQ(MmePostProcess("Yes\n\nNo"), "yesno");
  EXPECT_EQ(MmePostProcess("untrue"), "unyes");
  EXPECT_EQ(MmePostProcess("鿿no"), "鿿no");  // U+9FFF stays
}

TEST(ParseMmeField, LooksAtFourCharacters) {
  for (const char* field : {"yes", "Yes.", " yes", "yes no", "(yes)"})
    EXPECT_EQ(ParseMmeField(field), YesNo::kYes) << field;
  for (const char* field : {"no", "know", "nope", "not sure", "**no"})
    EXPECT_EQ(ParseMmeField(field), YesNo::kNo) << field;
  for (const char* field : {"", "answer: yes", "  yes", "unknown"})
    EXPECT_EQ(ParseMmeField(field), YesNo::kOther) << field;
}

TEST(ExtractYesNo, TakesTheOnlyWord) {
  constexpr auto k2024 = PeriodRule::kBeforeNoDigit;
  for (const char* answer : {"Yes", "yes.", "It is yes", "yes-sir", "(yes)"})
    EXPECT_EQ(ExtractYesNo(answer, k2024), YesNo::kYes);
  EXPECT_EQ(ExtractYesNo("No, it isn't.", k2024), YesNo::kNo);
  for (const char* answer : {"yes or no", "**Yes**", "Nope", "Yes:", "True", "是"}) {
    EXPECT_EQ(ExtractYesNo(answer, k2024), YesNo::kOther) << answer;
  }
}

TEST(ExtractYesNo, PunctuationBesideABlankOrADigitCommaIsDeleted) {
  constexpr auto k2024 = PeriodRule::kBeforeNoDigit;
  EXPECT_EQ(ExtractYesNo("yes/maybe", k2024), YesNo::kYes);
  EXPECT_EQ(ExtractYesNo("yes/maybe / x", k2024), YesNo::kOther);
  EXPECT_EQ(ExtractYesNo("yes/maybe 1,000", k2024), YesNo::kOther);
}

TEST(ExtractYesNo, PeriodRulesDiffer) {
  EXPECT_EQ(ExtractYesNo("3.no", PeriodRule::kBeforeNoDigit), YesNo::kOther);
  EXPECT_EQ(ExtractYesNo("yes. 3. no.", PeriodRule::kBesideNoDigit), YesNo::kOther);
  EXPECT_EQ(ExtractYesNo(std::string(33, '.') + "no", PeriodRule::kBesideNoDigit), YesNo::kOther);
  EXPECT_EQ(ExtractYesNo(std::string(32, '.') + "no", PeriodRule::kBesideNoDigit), YesNo::kNo);
}

}  // namespace
}  // namespace tessera::metrics
