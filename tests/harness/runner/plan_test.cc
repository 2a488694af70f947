#include "harness/runner/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/journal/sample_record.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PlanTest : public testing::Test {
 protected:
  PlanTest() {
    WriteData(data_, "fake.txt",
              {"1|a.png|q one|one", "2|b.png|q two|two", "3|a.png|q three|three", "4||text only|x", "5||text only|x"});
    WriteData(data_, "other.txt", {"1|b.png|q|x", "2|c.png|q|x"});
  }

  std::vector<std::string> Ids(const Plan& plan, const PictureGroup& group) const {
    std::vector<std::string> ids;
    for (const std::size_t i : group.samples) {
      ids.push_back(std::string(plan.benchmarks[plan.samples[i].benchmark].benchmark->name) + "/" +
                    plan.samples[i].sample.id);
    }
    return ids;
  }

  TempFolder data_;
  PlanSettings settings_{.data_folder = data_.path()};
};

TEST_F(PlanTest, GroupsQuestionsOnTheSamePicturesOverBenchmarksInFirstSeenOrder) {
  const Plan plan = MakePlan({&FakeBenchmark(), &OtherBenchmark()}, settings_);
  ASSERT_EQ(plan.groups.size(), 5u);
  EXPECT_THAT(Ids(plan, plan.groups[0]), ElementsAre("fake/1", "fake/3"));
  EXPECT_THAT(Ids(plan, plan.groups[1]), ElementsAre("fake/2", "other/1"));
  EXPECT_THAT(Ids(plan, plan.groups[4]), ElementsAre("other/2"));
}

TEST_F(PlanTest, KeepsSamplesWithoutPicturesApart) {
  const Plan plan = MakePlan({&FakeBenchmark()}, settings_);
  EXPECT_THAT(Ids(plan, plan.groups[2]), ElementsAre("fake/4"));
  EXPECT_THAT(Ids(plan, plan.groups[3]), ElementsAre("fake/5"));
}

TEST_F(PlanTest, LimitIsPerBenchmarkAndADeviation) {
  settings_.limit = 1;
  const Plan plan = MakePlan({&FakeBenchmark(), &OtherBenchmark()}, settings_);
  EXPECT_EQ(plan.samples.size(), 2u);
  EXPECT_THAT(plan.benchmarks[0].deviations, ElementsAre("1 of 5 samples"));
  EXPECT_THAT(plan.benchmarks[1].deviations, ElementsAre("1 of 2 samples"));
}

TEST_F(PlanTest, DataOfAnotherSizeThanPublishedIsADeviation) {
  Benchmark benchmark = FakeBenchmark();
  benchmark.data[0].rows = 1000;
  EXPECT_THAT(MakePlan({&benchmark}, settings_).benchmarks[0].deviations,
              ElementsAre("data of 5 samples instead of 1000"));
}

TEST_F(PlanTest, IdsKeepOnlyTheseSamplesInFileOrder) {
  settings_.ids = {"3", "1"};
  const Plan plan = MakePlan({&FakeBenchmark()}, settings_);
  ASSERT_EQ(plan.samples.size(), 2u);
  EXPECT_EQ(plan.samples[0].sample.id, "1");
  EXPECT_EQ(plan.samples[1].sample.id, "3");
}

TEST_F(PlanTest, UnknownIdIsAUsageError) {
  settings_.ids = {"1", "99"};
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { MakePlan({&FakeBenchmark()}, settings_); }), HasSubstr("\"99\""));
}

TEST_F(PlanTest, OverridesAreAppliedAndNamedAsDeviations) {
  settings_.max_tiles = 6;
  settings_.max_new_tokens = 5;
  settings_.num_beams = 3;
  settings_.system_message = "Hello.";
  const Plan plan = MakePlan({&FakeBenchmark()}, settings_);
  EXPECT_EQ(plan.benchmarks[0].recipe.max_tiles, 6);
  EXPECT_EQ(plan.benchmarks[0].recipe.system_message, "Hello.");
  EXPECT_THAT(plan.benchmarks[0].deviations,
              ElementsAre("max_tiles 6 instead of 12", "max_new_tokens 5 instead of 10", "num_beams 3 instead of 1",
                          "system message \"Hello.\" instead of \"Be good.\""));
}

TEST_F(PlanTest, AnotherRecipeIsADeviationFromThePaper) {
  settings_.recipe = "vlmevalkit";
  const Plan plan = MakePlan({&FakeBenchmark()}, settings_);
  EXPECT_THAT(plan.benchmarks[0].deviations,
              ElementsAre("recipe vlmevalkit instead of paper", "max_new_tokens 20 instead of 10",
                          "min_new_tokens 0 instead of 1", "pictures at their marks instead of in front",
                          "system message \"\" instead of \"Be good.\""));
}

TEST_F(PlanTest, UnknownRecipeIsAUsageErrorThatNamesTheOthers) {
  settings_.recipe = "papr";
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { MakePlan({&FakeBenchmark()}, settings_); }),
              HasSubstr("paper, vlmevalkit"));
}

TEST_F(PlanTest, MissingDataIsAnInputErrorThatNamesTheFiles) {
  const TempFolder empty;
  settings_.data_folder = empty.path();
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { MakePlan({&FakeBenchmark()}, settings_); }), HasSubstr("fake.txt"));
}

TEST_F(PlanTest, TakesTheSplitThatIsAskedFor) {
  settings_.split = "test";
  EXPECT_EQ(MakePlan({&FakeBenchmark()}, settings_).benchmarks[0].data.source->split, "test");
  settings_.split = "tset";
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { MakePlan({&FakeBenchmark()}, settings_); }),
              HasSubstr("fake has no split \"tset\""));
}

TEST_F(PlanTest, RepeatedSampleIdIsAnInputError) {
  WriteData(data_, "fake.txt", {"1|a.png|q|x", "1|b.png|q|x"});
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { MakePlan({&FakeBenchmark()}, settings_); }), HasSubstr("twice"));
}

TEST_F(PlanTest, RemainingGroupsLeaveOutWhatIsDone) {
  const Plan plan = MakePlan({&FakeBenchmark()}, settings_);
  const std::set<std::string> done = {SampleKey("fake", plan.samples[0].sample),
                                      SampleKey("fake", plan.samples[1].sample)};
  const std::vector<PictureGroup> remaining = RemainingGroups(plan, done);
  ASSERT_EQ(remaining.size(), 3u);
  EXPECT_THAT(Ids(plan, remaining[0]), ElementsAre("fake/3"));
}

}  // namespace
}  // namespace tessera
