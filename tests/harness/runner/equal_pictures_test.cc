#include "harness/runner/equal_pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/runner/ask_groups.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;

class EqualPicturesTest : public testing::Test {
 protected:
  /// A plan over the fake benchmark's lines, joined.
  Plan Joined(const std::vector<std::string>& lines) {
    WriteData(data_, "fake.txt", lines);
    Plan plan = MakePlan({&FakeBenchmark()}, {.data_folder = data_.path()});
    JoinEqualPictures(HashPictures(plan), &plan);
    return plan;
  }

  TempFolder data_;
};

TEST_F(EqualPicturesTest, AreOneGroupWhateverTheirNames) {
  data_.Write("a.png", "one picture");
  data_.Write("copy.png", "one picture");
  data_.Write("b.png", "another");
  const Plan plan = Joined({"1|a.png|q|x", "2|b.png|q|x", "3|copy.png|q|x", "4|a.png|q|x"});
  ASSERT_EQ(plan.groups.size(), 2u);
  EXPECT_THAT(plan.groups[0].samples, ElementsAre(0u, 3u, 2u));
  EXPECT_THAT(plan.groups[1].samples, ElementsAre(1u));
  EXPECT_EQ(plan.groups[0].images, plan.samples[0].sample.images);
}

TEST_F(EqualPicturesTest, ThatCannotBeReadJoinNothing) {
  const Plan plan = Joined({"1|gone.png|q|x", "2|gone_too.png|q|x"});
  EXPECT_EQ(plan.groups.size(), 2u);
}

TEST_F(EqualPicturesTest, QuestionsWithoutPicturesStayApart) {
  EXPECT_EQ(Joined({"1||q|x", "2||q|x"}).groups.size(), 2u);
}

TEST_F(EqualPicturesTest, KeepTheirOwnNamesInTheJournal) {
  data_.Write("a.png", "one picture");
  data_.Write("copy.png", "one picture");
  const Plan plan = Joined({"1|a.png|q|x", "2|copy.png|q|x"});
  LoadedPictures pictures{.records = {{"a.png", "ab"}}, .images = {std::make_shared<Image>()}};
  FakeBackend backend;
  std::vector<SampleRecord> records;
  const LoadedGroup group{&plan.groups.at(0), pictures};
  AskGroups(plan, {&group, 1}, &backend, [&](std::size_t, SampleRecord& record) { records.push_back(record); });
  EXPECT_TRUE(records.at(0).pictures.at(0).name.ends_with("a.png"));
  EXPECT_TRUE(records.at(1).pictures.at(0).name.ends_with("copy.png"));
  EXPECT_EQ(records[1].pictures[0].sha256, "ab");
}

}  // namespace
}  // namespace tessera
