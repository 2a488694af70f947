#include "metrics/yes_no.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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

TEST(ExtractYesNo, ReadsWhatTheModelUsuallySays) {
  constexpr auto k2024 = PeriodRule::kBeforeNoDigit;
  for (const char* answer : {"YES!", "\"Yes\"", "The answer is yes.", "y.e.s", "Yes, it is, I think.", "yes\nsir"}) {
    EXPECT_EQ(ExtractYesNo(answer, k2024), YesNo::kYes) << answer;
  }
  for (const char* answer : {"no", "No.", "(no)", "There is no dog.", "No\u3000dog"}) {
    EXPECT_EQ(ExtractYesNo(answer, k2024), YesNo::kNo) << answer;
  }
  for (const char* answer : {"", "nan", "yes/no", "'yes'", "Yes。", "Ｙｅｓ", "none", "yess", "yes3.5no"}) {
    EXPECT_EQ(ExtractYesNo(answer, k2024), YesNo::kOther) << answer;
  }
}

TEST(YesNoPunctuation, DeletesOrBlanksAndKeepsTheCase) {
  constexpr auto k2024 = PeriodRule::kBeforeNoDigit;
  EXPECT_EQ(RemoveVqaPunctuation("A/b", k2024), "A b");
  EXPECT_EQ(RemoveVqaPunctuation("A/b / c", k2024), "Ab  c");
  EXPECT_EQ(RemoveVqaPunctuation("a/b 1,0", k2024), "ab 10");
  EXPECT_EQ(RemoveVqaPunctuation("a/b ١,٠", k2024), "ab ١٠");  // digits of any script
  EXPECT_EQ(RemoveVqaPunctuation("a: *b* #'c'", k2024), "a: *b* #'c'");
  EXPECT_EQ(RemoveVqaPunctuation("3.5 3. x.", k2024), "3.5 3 x");
  EXPECT_EQ(RemoveVqaPunctuation("3.5 3. x.", PeriodRule::kBesideNoDigit), "3.5 3. x");
  EXPECT_EQ(RemoveVqaPunctuation("", k2024), "");
}

TEST(YesNoOfJudge, TakesTheFirstReadableOfFiveReplies) {
  constexpr auto k2024 = PeriodRule::kBeforeNoDigit;
  const auto judge = [](std::vector<std::string> replies) { return YesNoOfJudge(replies, k2024); };
  EXPECT_EQ(judge({}), YesNo::kOther);
  EXPECT_EQ(judge({"Yes."}), YesNo::kYes);
  EXPECT_EQ(judge({"Unknown", "no, yes", "The output is No"}), YesNo::kNo);
  EXPECT_EQ(judge({"u", "u", "u", "u", "yes"}), YesNo::kYes);
  EXPECT_EQ(judge({"u", "u", "u", "u", "u", "yes"}), YesNo::kOther);
}

TEST(ExtractYesNo, PeriodRulesDiffer) {
  EXPECT_EQ(ExtractYesNo("3.no", PeriodRule::kBeforeNoDigit), YesNo::kOther);
  EXPECT_EQ(ExtractYesNo("yes. 3. no.", PeriodRule::kBesideNoDigit), YesNo::kOther);
  EXPECT_EQ(ExtractYesNo(std::string(33, '.') + "no", PeriodRule::kBesideNoDigit), YesNo::kOther);
  EXPECT_EQ(ExtractYesNo(std::string(32, '.') + "no", PeriodRule::kBesideNoDigit), YesNo::kNo);
}

}  // namespace
}  // namespace tessera::metrics
