#include "metrics/mean_percent.h"

#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

const std::vector<SampleScore> kScores = {
    {.value = 1, .tags = {{"split", "val"}}},
    {.undecided = true, .value = 0, .tags = {{"split", "val"}}},
    {.value = 0.5, .tags = {{"split", "test"}}},
    {.value = std::nullopt, .tags = {{"split", "test"}}},
    {.value = 1},
};

TEST(MeanPercent, LeavesUnscoredSamplesOutAndCountsThem) {
  const Score mean = MeanPercent("all", kScores);
  EXPECT_EQ(mean.name, "all");
  EXPECT_EQ(mean.unit, "percent");
  EXPECT_EQ(mean.value, 62.5);
  EXPECT_EQ(mean.scored, 4);
  EXPECT_EQ(mean.unscored, 1);
  EXPECT_EQ(mean.undecided, 1);
}

TEST(MeanPercent, HasNoValueWithoutScores) {
  EXPECT_EQ(MeanPercent("none", {}).value, std::nullopt);
  EXPECT_EQ(MeanPercent("none", kScores, [](const SampleScore& score) { return !score.value; }).value, std::nullopt);
}

TEST(MeanPercentByTag, GivesAMeanPerValue) {
  const std::vector<Score> means = MeanPercentByTag(kScores, "split");
  ASSERT_EQ(means.size(), 2u);
  EXPECT_EQ(means[0].name, "test");
  EXPECT_EQ(means[0].value, 50);
  EXPECT_EQ(means[0].unscored, 1);
  EXPECT_EQ(means[1].name, "val");
  EXPECT_EQ(means[1].value, 50);
  EXPECT_TRUE(MeanPercentByTag(kScores, "category").empty());
}

}  // namespace
}  // namespace tessera::metrics
