#include "benchmarks/choice_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"

namespace tessera {
namespace {

using testing::HasSubstr;

Sample Question(const std::string& question = "Which way?") {
  return {.id = "1",
          .questions = {question},
          .choices = {{"A", "north"}, {"B", "south"}},
          .references = {"B"},
          .tags = {{"category", "x"}}};
}

const Scoring& Judged() { return ScoringNamed(FindBenchmark("mmbench-en"), "vlmevalkit-2024-04-judge"); }

TEST(ChoiceJudge, IsNotAskedWhatTheRulesCanRead) {
  EXPECT_FALSE(Judged().ask_judge(Question(), {.answers = {"B"}}, {}).has_value());
  EXPECT_EQ(Judged().score(Question(), {.answers = {"B"}}).value, 1);
}

TEST(ChoiceJudge, IsAskedUpToThreeTimesWithOnePrompt) {
  Reply reply{.answers = {"downwards"}};
  const JudgeRequest first = Judged().ask_judge(Question(), reply, {}).value();
  EXPECT_THAT(first.messages.at(0).text, HasSubstr("Question: Which way??\nOptions: There are several options: \nA. "));
  EXPECT_THAT(first.messages[0].text, testing::EndsWith("Answer: downwards\nYour output: "));
  EXPECT_EQ(first.max_tokens, 1024);
  EXPECT_EQ(first.temperature, 0);
  reply.judgements = {"hm", "A or B"};
  EXPECT_EQ(Judged().ask_judge(Question(), reply, {})->messages[0].text, first.messages[0].text);
  reply.judgements.emplace_back("hm");
  EXPECT_FALSE(Judged().ask_judge(Question(), reply, {}).has_value());
  const SampleScore score = Judged().score(Question(), reply);  // no random draw
  EXPECT_EQ(score.value, 0);
  EXPECT_TRUE(score.undecided);
}

TEST(ChoiceJudge, DecidesByItsFirstReadableReply) {
  const Reply reply{.answers = {"downwards"}, .judgements = {"hm", "B", "A"}};
  const SampleScore score = Judged().score(Question(), reply);
  EXPECT_EQ(score.extracted, "B");
  EXPECT_EQ(score.value, 1);
  EXPECT_FALSE(score.undecided);
  EXPECT_EQ(Judged().score(Question(), {.answers = {"downwards"}, .judgements = {"A"}}).value, 0);
}

TEST(ChoiceJudge, SpeaksTheLanguageOfTheQuestion) {
  const JudgeTexts texts = {{"mcq/chinese", "中 {answer}"}, {"mcq/english", "E {answer}"}};
  EXPECT_EQ(Judged().ask_judge(Question("方向"), {.answers = {"x"}}, texts)->messages[0].text, "中 x");
  EXPECT_EQ(Judged().ask_judge(Question(), {.answers = {"x"}}, texts)->messages[0].text, "E x");
}

TEST(ChoiceJudge, IsNotAskedAboutATestSplit) {
  Sample sample = Question();
  sample.references.clear();
  EXPECT_FALSE(Judged().ask_judge(sample, {.answers = {"x"}}, {}).has_value());
}

TEST(ChoiceJudge, DecidesRotationsOfAGroup) {
  Sample main = Question(), rotated = Question();
  rotated.id = "1000001";
  std::vector<SampleScore> rows = {Judged().score(main, {.answers = {"down"}, .judgements = {"B"}}),
                                   Judged().score(rotated, {.answers = {"B"}})};
  EXPECT_EQ(Judged().aggregate(rows).at(0).value, 100);
  rows[0] = Judged().score(main, {.answers = {"down"}, .judgements = {"x", "x", "x"}});
  EXPECT_EQ(Judged().aggregate(rows).at(0).value, 0);
  EXPECT_EQ(Judged().aggregate(rows).at(0).undecided, 1);
}

}  // namespace
}  // namespace tessera
