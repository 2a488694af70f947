#include "metrics/open_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tessera::metrics {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;
using Values = std::vector<OpenValue>;

TEST(NormalizeOpen, TakesNumbersAndTexts) {
  struct Case {
    const char* text;
    Values values;
  };
  for (const Case& c : {
           Case{" 1,234.567 ", {1234.57}},
           Case{"-5", {-5.0}},
           Case{"1e3", {1000.0}},
           Case{",", {" ,", ", "}},
           Case{"5%", {"5%"}},
           Case{"$5", {"$5"}},
           Case{"Tampa", {"tampa"}},
           Case{"X", {" x", "x "}},
           Case{"\xC4\xB0", {"i\xCC\x87"}},  // İ is two code points in lower case
           Case{"", {""}},
           Case{"٣", {3.0}},
       }) {
    EXPECT_EQ(NormalizeOpen(c.text), c.values) << c.text;
  }
}

TEST(ExtractNumbers, ReadsThreeKindsInTurn) {
  struct Case {
    const char* text;
    std::vector<std::string> numbers;
  };
  for (const Case& c : {
           Case{"5 or -6.5", {"5", "-6.5"}},
           Case{"1,234,567 items", {"1,234,567", "567"}},
           Case{"12,345,67", {"12,345", "67"}},
           Case{"1234,567", {"567"}},
           Case{"3.0e8 m/s", {"3.0e8", "3", "8"}},
           Case{"2e", {}},
           Case{"x2", {"2"}},
           Case{"2x", {}},
           Case{"2_", {}},
           Case{"5.", {"5"}},
           Case{".75", {".75"}},
           Case{"1..2", {"1", ".2"}},
           Case{"5,", {}},
           Case{"10-3", {"10", "-3"}},
           Case{"--5", {"-5"}},
           Case{"1,000e5", {"000e5", "5"}},
           Case{"CO2", {"2"}},
           Case{"5½", {}},  // ½ is a word character
           Case{"४२", {"४२"}},
       }) {
    EXPECT_EQ(ExtractNumbers(c.text), c.numbers) << c.text;
  }
}

TEST(ParseOpenAnswer, TakesTheShortestTextAfterAKeyPhrase) {
  EXPECT_THAT(ParseOpenAnswer("So the final answer is Tampa."), ElementsAre(OpenValue("tampa")));
  EXPECT_THAT(ParseOpenAnswer("x = 5"), ElementsAre(OpenValue(5.0)));
}

TEST(ParseOpenAnswer, AnEquationCountsInTheLastLineOnly) {
  EXPECT_THAT(ParseOpenAnswer("x = 5\nand so on"), ElementsAre(OpenValue("on")));
}

TEST(ParseOpenAnswer, WithoutAKeyPhraseItIsTheWholeAnswer) {
  EXPECT_THAT(ParseOpenAnswer(" About 24.32 KJ. "),
              UnorderedElementsAre(OpenValue("about 24.32 kj"), OpenValue(24.32)));
  EXPECT_THAT(ParseOpenAnswer(""), ElementsAre(OpenValue("")));
}

TEST(ParseOpenAnswer, LonePunctuationIsNoAnswer) {
  EXPECT_THAT(ParseOpenAnswer("the answer is :"), ElementsAre(OpenValue("the answer is :")));
}

TEST(ParseOpenAnswer, HoldsAValueOnce) {
  EXPECT_THAT(ParseOpenAnswer("it is 5, it is 5\nit is 5"), UnorderedElementsAre(OpenValue(5.0)));
}

TEST(MatchesOpenReference, FollowsTheHandCheckedTable) {
  struct Case {
    const char* answer;
    std::vector<std::string> references;
    bool matches;
  };
  for (const Case& c : {
           Case{"The answer is 360", {"360"}, true},
           Case{"360 degrees", {"360"}, true},
           Case{"about 361", {"360"}, false},
           Case{"0.2861", {"0.286"}, true},  // both are 0.29
           Case{"7,243,000", {"7243000"}, true},
           Case{"Tampa Bay", {"Tampa", "Florida"}, true},
           Case{"in FLORIDA", {"Tampa", "Florida"}, true},
           Case{"Miami", {"Tampa", "Florida"}, false},
           Case{"24/7", {"24/7", "3.429"}, true},
           Case{"3.43", {"24/7", "3.429"}, true},
           Case{"1/64", {"0.015625"}, false},
           Case{"transformation", {"transformations"}, false},
           Case{"transformations", {"transformation"}, true},
           Case{"B", {"B"}, true},
           Case{"the answer is B", {"B"}, true},
           Case{"about", {"B"}, false},
           Case{"x.", {"x"}, true},
           Case{"5", {"five"}, false},
           Case{"nan", {"nan"}, false},
           Case{"inf", {"inf"}, true},
           Case{"", {"5"}, false},
           Case{"anything", {}, false},
       }) {
    EXPECT_EQ(MatchesOpenReference(ParseOpenAnswer(c.answer), c.references), c.matches) << c.answer;
  }
}

}  // namespace
}  // namespace tessera::metrics
