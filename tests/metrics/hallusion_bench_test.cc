#include "metrics/hallusion_bench.h"

#include <gtest/gtest.h>

#include <vector>

namespace tessera::metrics {
namespace {

std::string Group(const SampleScore& score) { return score.group; }

std::vector<SampleScore> Scores(const std::vector<std::pair<const char*, std::optional<double>>>& values) {
  std::vector<SampleScore> scores;
  for (const auto& [group, value] : values) scores.push_back({.group = group, .value = value});
  return scores;
}

TEST(AllRightPercent, CountsGroupsWithoutAWrongSample) {
  const Score score = AllRightPercent("x", Scores({{"a", 1}, {"b", 1}, {"a", 1}, {"b", 0}, {"c", 0}, {"d", 1}}), Group);
  EXPECT_EQ(score.value, 50);
  EXPECT_EQ(score.scored, 4);
  EXPECT_EQ(score.unscored, 0);
  EXPECT_EQ(score.name, "x");
  EXPECT_EQ(score.unit, "percent");
}

TEST(AllRightPercent, LeavesOutGroupsWithAnUnscoredSampleAndSamplesWithoutAGroup) {
  const Score score =
      AllRightPercent("x", Scores({{"a", 1}, {"a", std::nullopt}, {"b", 0}, {"c", 1}, {"", 0}, {"c", 1}}), Group);
  EXPECT_EQ(score.value, 50);
  EXPECT_EQ(score.scored, 2);
  EXPECT_EQ(score.unscored, 1);
  EXPECT_EQ(AllRightPercent("x", {}, Group).value, std::nullopt);
  EXPECT_EQ(AllRightPercent("x", Scores({{"a", std::nullopt}}), Group).value, std::nullopt);
}

TEST(AllRightPercent, AGroupIsUndecidedWhenOnlyUndecidedAnswersAreNotRight) {
  std::vector<SampleScore> scores = Scores({{"a", 1}, {"a", 0}, {"b", 0}, {"b", 0}, {"c", 0}});
  scores[1].undecided = true;
  scores[2].undecided = true;  // its group has a decided wrong answer too
  const Score score = AllRightPercent("x", scores, Group);
  EXPECT_EQ(score.undecided, 1);
  EXPECT_EQ(score.value, 0);
}

TEST(GroupConsistency, TellsRightMixedAndWrongGroups) {
  const Consistency groups = GroupConsistency(
      Scores({{"a", 1}, {"a", 1}, {"b", 1}, {"b", 0}, {"b", 0}, {"b", 0}, {"c", 0}, {"d", std::nullopt}, {"", 1}}),
      Group);
  EXPECT_EQ(groups.right, 1);
  EXPECT_EQ(groups.mixed, 1);
  EXPECT_EQ(groups.wrong, 1);
  EXPECT_EQ(groups.unscored, 1);
  EXPECT_DOUBLE_EQ(groups.mean_share, 1.25 / 3);
  EXPECT_EQ(GroupConsistency({}, Group).mean_share, 0);
}

TEST(ParseAnswerVerdict, LooksForIncorrectFirst) {
  for (const char* reply : {"correct", "Correct.", "CORRECT", "not correct", "correctness", "in correct"})
    EXPECT_EQ(ParseAnswerVerdict(reply), AnswerVerdict::kCorrect) << reply;
  for (const char* reply : {"incorrect", "It is Incorrect.", "correct or incorrect"})
    EXPECT_EQ(ParseAnswerVerdict(reply), AnswerVerdict::kIncorrect) << reply;
  for (const char* reply : {"", "unclear", "corect", "yes"})
    EXPECT_EQ(ParseAnswerVerdict(reply), AnswerVerdict::kUnclear) << reply;
}

}  // namespace
}  // namespace tessera::metrics
