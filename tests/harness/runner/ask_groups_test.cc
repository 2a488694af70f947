#include "harness/runner/ask_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AskGroupsTest : public testing::Test {
 protected:
  Plan MakeFakePlan(const std::vector<std::string>& lines) {
    WriteData(data_, "fake.txt", lines);
    return MakePlan({&FakeBenchmark()}, {.data_folder = data_.path()});
  }

  static LoadedPictures OnePicture() { return {.images = {std::make_shared<Image>()}}; }

  /// The records of the first group, in its order.
  static std::vector<SampleRecord> AskFirst(const Plan& plan, const LoadedPictures& pictures, Backend* backend) {
    std::map<std::size_t, SampleRecord> records;
    const LoadedGroup group{&plan.groups[0], pictures};
    AskGroups(plan, {&group, 1}, backend, [&](std::size_t, SampleRecord& record) {
      EXPECT_TRUE(records.emplace(record.position, record).second) << "taken twice";
    });
    std::vector<SampleRecord> list;
    for (auto& [position, record] : records) list.push_back(std::move(record));
    return list;
  }

  TempFolder data_;
};

TEST_F(AskGroupsTest, AsksTheTurnsOfAllSamplesBatchByBatchWithTheAnswersAsHistory) {
  const Plan plan = MakeFakePlan({"1|a.png|say one;say two|two", "2|a.png|say three|three"});
  std::vector<std::size_t> batch_sizes;
  std::vector<std::size_t> turn_counts;
  FakeBackend backend([&](std::span<const Query> batch) {
    batch_sizes.push_back(batch.size());
    turn_counts.push_back(batch.front().prompt.turns.size());
  });
  const std::vector<SampleRecord> records = AskFirst(plan, OnePicture(), &backend);
  EXPECT_THAT(batch_sizes, ElementsAre(2u, 1u));
  EXPECT_THAT(turn_counts, ElementsAre(2u, 4u));
  EXPECT_THAT(records[0].answers, ElementsAre("one", "two"));
  EXPECT_THAT(records[1].answers, ElementsAre("three"));
  EXPECT_EQ(records[0].prompt_tokens, 14);
  EXPECT_EQ(records[0].prompt.turns.size(), 4u);
}

TEST_F(AskGroupsTest, SharesTheTilesOfThePicturesBetweenQuestions) {
  const Plan plan = MakeFakePlan({"1|a.png|q|x", "2|a.png|q|x"});
  LoadedPictures pictures = OnePicture();
  pictures.tiles[{.picture = 0, .max_tiles = 12}] = std::make_shared<TileBatch>();
  FakeBackend backend([](std::span<const Query> batch) {
    ASSERT_EQ(batch[0].tiles.size(), 1u);
    EXPECT_EQ(batch[0].tiles[0], batch[1].tiles[0]);
  });
  AskFirst(plan, pictures, &backend);
}

TEST_F(AskGroupsTest, AFailedQueryFailsItsSampleOnly) {
  const Plan plan = MakeFakePlan({"1|a.png|please fail|x", "2|a.png|say x|x"});
  FakeBackend backend;
  const std::vector<SampleRecord> records = AskFirst(plan, OnePicture(), &backend);
  ASSERT_TRUE(records[0].failure);
  EXPECT_EQ(records[0].failure->message, "asked to fail");
  EXPECT_EQ(records[0].failure->sample_id, "1");
  EXPECT_FALSE(records[1].failure);
}

TEST_F(AskGroupsTest, ATurnThatFailsEndsItsSampleWithoutAnswers) {
  const Plan plan = MakeFakePlan({"1||say one;fail;say three|x"});
  FakeBackend backend;
  const std::vector<SampleRecord> records = AskFirst(plan, OnePicture(), &backend);
  EXPECT_TRUE(records[0].failure);
  EXPECT_TRUE(records[0].answers.empty());
}

TEST_F(AskGroupsTest, PicturesThatCannotBeLoadedFailAllSamplesWithoutAsking) {
  const Plan plan = MakeFakePlan({"1|a.png|q|x", "2|a.png|q|x"});
  FakeBackend backend([](std::span<const Query>) { FAIL() << "asked"; });
  const LoadedPictures broken{.failure = Failure{.stage = Stage::kLoadImage, .message = "no picture"}};
  const std::vector<SampleRecord> records = AskFirst(plan, broken, &backend);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].failure->sample_id, "2");
  EXPECT_EQ(records[1].failure->message, "no picture");
}

TEST_F(AskGroupsTest, AnswersAreMadeWellFormedBeforeTheyAreScored) {
  const Plan plan =
      MakeFakePlan({"1||say a\xff"
                    "b|x"});
  FakeBackend backend;
  EXPECT_EQ(AskFirst(plan, OnePicture(), &backend)[0].answers[0], "a\uFFFDb");
}

TEST_F(AskGroupsTest, GivesARecordAwayWhenItsLastTurnIsAnswered) {
  const Plan plan = MakeFakePlan({"1|a.png|say one;say two|two", "2||say three|three", "3||fail|x"});
  std::vector<std::string> taken;
  std::vector<std::vector<std::string>> taken_before;  // each batch
  FakeBackend backend([&](std::span<const Query>) { taken_before.push_back(taken); });
  std::vector<LoadedGroup> groups;
  for (const PictureGroup& group : plan.groups) {
    groups.push_back({&group, group.images.empty() ? LoadedPictures{} : OnePicture()});
  }
  AskGroups(plan, groups, &backend, [&](std::size_t group, SampleRecord& record) {
    EXPECT_EQ(plan.groups[group].samples.front(), record.position);
    taken.push_back(record.sample.id);
  });
  EXPECT_THAT(taken_before, ElementsAre(ElementsAre(), ElementsAre("2", "3"))) << "all groups are one batch per turn";
  EXPECT_THAT(taken, ElementsAre("2", "3", "1"));
}

class ForgetfulBackend : public Backend {
 public:
  BackendInfo Info() const override { return {.name = "forgetful"}; }
  void Generate(std::span<const Query>, const Deliver&) override {}
};

TEST_F(AskGroupsTest, ABackendThatForgetsAQueryIsAnError) {
  const Plan plan = MakeFakePlan({"1||q|x"});
  ForgetfulBackend backend;
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { AskFirst(plan, OnePicture(), &backend); }),
              HasSubstr("expected 1 outcomes, found 0"));
}

}  // namespace
}  // namespace tessera
