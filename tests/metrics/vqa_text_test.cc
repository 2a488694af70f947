#include "metrics/vqa_text.h"

#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

constexpr auto kBefore = PeriodRule::kBeforeNoDigit;
constexpr auto kBeside = PeriodRule::kBesideNoDigit;

TEST(RemoveVqaPunctuation, MarksBecomeBlanks) {
  EXPECT_EQ(RemoveVqaPunctuation("a-b/c", kBefore), "a b c");
  EXPECT_EQ(RemoveVqaPunctuation("(x)", kBefore), " x ");
  EXPECT_EQ(RemoveVqaPunctuation("a,b?", kBefore), "a b ");
  EXPECT_EQ(RemoveVqaPunctuation("$5 100% 12:30 #1 & ’", kBefore), "$5 100% 12:30 #1 & ’");
  EXPECT_EQ(RemoveVqaPunctuation("你好，。", kBefore), "你好，。");
}

TEST(RemoveVqaPunctuation, AMarkThatTouchesABlankIsDeletedEverywhere) {
  EXPECT_EQ(RemoveVqaPunctuation("a-b - c/d", kBefore), "ab  c d");
  EXPECT_EQ(RemoveVqaPunctuation("no, it,is", kBefore), "no itis");
}

TEST(RemoveVqaPunctuation, ACommaBetweenDigitsDeletesAllMarks) {
  EXPECT_EQ(RemoveVqaPunctuation("1,000-2,000", kBefore), "10002000");
  EXPECT_EQ(RemoveVqaPunctuation("٣,٤ a-b", kBefore), "٣٤ ab");
  EXPECT_EQ(RemoveVqaPunctuation("1,,2-3", kBefore), "1  2 3");
}

TEST(RemoveVqaPunctuation, PeriodRulesDifferAfterADigit) {
  EXPECT_EQ(RemoveVqaPunctuation("3. a.b .5", kBefore), "3 ab .5");
  EXPECT_EQ(RemoveVqaPunctuation("3. a.b .5", kBeside), "3. ab .5");
  EXPECT_EQ(RemoveVqaPunctuation("5.a", kBefore), "5a");
  EXPECT_EQ(RemoveVqaPunctuation("5.a", kBeside), "5.a");
}

TEST(RemoveVqaPunctuation, DeletesAtMost32Periods) {
  EXPECT_EQ(RemoveVqaPunctuation(std::string(40, '.'), kBefore), std::string(8, '.'));
  EXPECT_EQ(RemoveVqaPunctuation(std::string(32, '.'), kBeside), "");
}

}  // namespace
}  // namespace tessera::metrics
