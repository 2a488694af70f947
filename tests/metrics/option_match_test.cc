#include "metrics/option_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

using testing::ElementsAre;
constexpr auto k2024 = MatcherVersion::kApril2024;
constexpr auto k2026 = MatcherVersion::kAugust2026;
const std::vector<Option> kAnimals = {{"A", "teddy bear"}, {"B", "rabbit"}, {"C", "cat"}, {"D", "dog"}};

TEST(InferOptionFromLetter, TakesTheOnlyLetterThatIsAWord) {
  EXPECT_EQ(InferOptionFromLetter("(A)", kAnimals, k2024), "A");
  EXPECT_EQ(InferOptionFromLetter("B.", kAnimals, k2024), "B");
  EXPECT_EQ(InferOptionFromLetter("A or B", kAnimals, k2024), std::nullopt);
  EXPECT_EQ(InferOptionFromLetter("A A", kAnimals, k2024), "A");
  EXPECT_EQ(InferOptionFromLetter("a", kAnimals, k2024), std::nullopt);
  EXPECT_EQ(InferOptionFromLetter("E", kAnimals, k2024), std::nullopt);
}

TEST(InferOptionFromLetter, LeavesOtherPunctuationGlued) {
  for (const char* answer : {"\"A\"", "A。", "答案是A", "A/", "A-", "A?"}) {
    EXPECT_EQ(InferOptionFromLetter(answer, kAnimals, k2024), std::nullopt) << answer;
  }
}

TEST(InferOptionFromLetter, LimitsThePlaceOnlyIn2026) {
  EXPECT_EQ(InferOptionFromLetter("A man is standing on the left", kAnimals, k2024), "A");
  EXPECT_EQ(InferOptionFromLetter("A man is standing on the left", kAnimals, k2026), std::nullopt);
  EXPECT_EQ(InferOptionFromLetter("x A b c d", kAnimals, k2026), "A");
  EXPECT_EQ(InferOptionFromLetter("x A b c d e", kAnimals, k2026), std::nullopt);
}

TEST(InferOptionFromLetter, ReadsAnswerIsOnlyIn2026) {
  EXPECT_EQ(InferOptionFromLetter("The correct ANSWER  is **b** as all can see", kAnimals, k2026), "B");
  EXPECT_EQ(InferOptionFromLetter("answer is Apple", kAnimals, k2026), "A");  // quirk
  EXPECT_EQ(InferOptionFromLetter("answer is Apple", kAnimals, k2024), std::nullopt);
  EXPECT_EQ(InferOptionFromLetter("anſwer ıs d", kAnimals, k2026), "D");  // Python folds these two letters
  EXPECT_EQ(InferOptionFromLetter("the answer is: d", kAnimals, k2026), std::nullopt);
  const std::vector<Option> two = {{"A", "x"}, {"B", "y"}};
  EXPECT_EQ(InferOptionFromLetter("answer is d", two, k2026), std::nullopt);
}

TEST(InferOptionFromLetter, ReadsRefusalsAsZ) {
  EXPECT_EQ(InferOptionFromLetter("Cannot determine the answer", kAnimals, k2024), "Z");
  EXPECT_EQ(InferOptionFromLetter("Z", kAnimals, k2024), "Z");
  EXPECT_EQ(InferOptionFromLetter("Z", kAnimals, k2026), "Z");
  EXPECT_EQ(InferOptionFromLetter("Failed to obtain answer via API. A", kAnimals, k2024), std::nullopt);
}

TEST(InferOptionFromText, TakesTheOnlyTextInTheAnswer) {
  EXPECT_EQ(InferOptionFromText("It is a RABBIT", kAnimals, k2024), "B");
  EXPECT_EQ(InferOptionFromText("cat and dog", kAnimals, k2024), std::nullopt);
  const std::vector<Option> numbers = {{"A", "12"}, {"B", "120"}};
  EXPECT_EQ(InferOptionFromText("120", numbers, k2024), std::nullopt);
  const std::vector<Option> blank = {{"A", ""}, {"B", "x"}};
  EXPECT_EQ(InferOptionFromText("anything", blank, k2024), "A");
}

TEST(InferOptionFromText, RefusesLongAnswersIn2026) {
  const std::vector<Option> options = {{"A", "猫"}, {"B", "dog"}};  // 4 code points
  EXPECT_EQ(InferOptionFromText("我看到了一只猫猫", options, k2026), "A");
  EXPECT_EQ(InferOptionFromText("我看到了一只猫猫。", options, k2026), std::nullopt);
  EXPECT_EQ(InferOptionFromText("我看到了一只猫猫。", options, k2024), "A");
}

TEST(InferOptionWithoutJudge, GivesZOnlyIn2026) {
  EXPECT_EQ(InferOptionWithoutJudge("hm", kAnimals, k2024), std::nullopt);
  EXPECT_EQ(InferOptionWithoutJudge("hm", kAnimals, k2026), "Z");
}

TEST(InferOptionWithJudge, AsksOnlyWhenTheRulesAreSilent) {
  const std::vector<std::string> replies = {"hmm", "C"};
  EXPECT_EQ(InferOptionWithJudge("A", kAnimals, replies, k2024).calls, 0);
  const JudgedOption judged = InferOptionWithJudge("plush toy", kAnimals, replies, k2024);
  EXPECT_EQ(judged.option, "C");
  EXPECT_EQ(judged.calls, 2);
  EXPECT_TRUE(judged.random_pool.empty());
}

TEST(InferOptionWithJudge, FallsBackToARandomPoolAfterThreeCalls) {
  for (const std::vector<std::string>& replies :
       {std::vector<std::string>{"hmm"}, {"", "A or B", "no"}, {"Failed to obtain answer via API"}, {}}) {
    const JudgedOption judged = InferOptionWithJudge("plush toy", kAnimals, replies, k2024);
    EXPECT_EQ(judged.option, std::nullopt);
    EXPECT_EQ(judged.calls, 3);
    EXPECT_THAT(judged.random_pool, ElementsAre("A", "B", "C", "D", "Z"));
  }
}

TEST(JudgeOptionsBlock, EndsEveryLine) {
  EXPECT_EQ(JudgeOptionsBlock(std::vector<Option>{{"A", "x"}, {"C", "7.5"}}),
            "There are several options: \nA. x\nC. 7.5\n");
}

TEST(PostProcess, KeepsTheQuirksOfTheScript) {
  const std::pair<const char*, const char*> kCases[] = {
      {" x\n", "x"},    {"é", "é"},     {"Apple", "A"},        {"Dog", "D"},
      {"an A", "an A"}, {"(A)", "(A)"}, {"a cat or dog", "C"}, {"The Cat", "The Cat"}};
  for (const auto& [answer, expected] : kCases) EXPECT_EQ(PostProcess(answer, kAnimals), expected) << answer;
  EXPECT_EQ(PostProcess(" \n", kAnimals), std::nullopt);
}

}  // namespace
}  // namespace tessera::metrics
