#include "harness/runner/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <utility>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PipelineTest : public testing::Test {
 protected:
  Plan MakeFakePlan(const std::vector<std::string>& lines) {
    WriteData(data_, "fake.txt", lines);
    return MakePlan({&FakeBenchmark()}, {.data_folder = data_.path()});
  }

  PipelineResult Run(const Plan& plan, Backend* backend, int threads = 4) {
    LocalQueue queue(plan.groups.size());
    return RunPipeline(plan, plan.groups, backend, &queue,
                       {.threads = threads, .stop = &stop_, .write = [this](const SampleRecord& record) {
                          written_.push_back(record.sample.id);
                          records_.push_back(record);
                        }});
  }

  TempFolder data_;
  std::atomic<bool> stop_{false};
  std::vector<std::string> written_;
  std::vector<SampleRecord> records_;
};

std::vector<std::string> ManyLines(int count) {
  const std::vector<std::string> pictures = {"a.png", "b.png", "c.png", "d.png", "broken.png", ""};
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) {
    const std::string& picture = pictures[static_cast<std::size_t>(i) % pictures.size()];
    lines.push_back(std::to_string(i) + "|" + picture + "|say " + (i % 7 == 0 ? "fail" : "x") + "|x");
  }
  return lines;
}

TEST_F(PipelineTest, WritesInPlanOrderHoweverLongAStageTakes) {
  const Plan plan = MakeFakePlan({"1|b.png|q|x", "2|a.png|q|x", "3||q|x", "4|c.png|q|x", "5|b.png|q|x"});
  FakeBackend backend;
  Run(plan, &backend, 8);
  EXPECT_THAT(written_, ElementsAre("1", "5", "2", "3", "4"));
}

TEST_F(PipelineTest, CountsFailuresAndGoesOn) {
  const Plan plan =
      MakeFakePlan({"1|broken.png|q|x", "2|a.png|please fail|x", "3|b.png|say x|x", "4|c.png|say x|throw"});
  FakeBackend backend;
  const PipelineResult result = Run(plan, &backend);
  EXPECT_EQ(result.written, 4);
  EXPECT_EQ(result.failed, 3);
  EXPECT_FALSE(result.stopped);
  EXPECT_EQ(records_[0].failure->stage, Stage::kLoadImage);
  EXPECT_EQ(records_[1].failure->stage, Stage::kGenerate);
  EXPECT_FALSE(records_[2].failure);
  EXPECT_EQ(records_[2].score->value, 1);
  EXPECT_EQ(records_[3].failure->stage, Stage::kScore);
  EXPECT_THAT(records_[3].failure->message, HasSubstr("does not like"));
}

TEST_F(PipelineTest, StopEndsTheGroupsThatAreUnderWayAndTakesNoMore) {
  const Plan plan = MakeFakePlan(ManyLines(60));
  FakeBackend backend([this](std::span<const Query>) { stop_ = true; });
  const PipelineResult result = Run(plan, &backend);
  EXPECT_TRUE(result.stopped);
  EXPECT_GE(result.written, 1);
  EXPECT_LT(written_.size(), 60u);
}

TEST_F(PipelineTest, StopBeforeTheStartWritesNothing) {
  const Plan plan = MakeFakePlan(ManyLines(6));
  stop_ = true;
  FakeBackend backend;
  EXPECT_TRUE(Run(plan, &backend).stopped);
  EXPECT_TRUE(written_.empty());
}

TEST_F(PipelineTest, NeverCallsTheBackendTwiceAtATime) {
  const Plan plan = MakeFakePlan(ManyLines(60));
  std::atomic<int> inside{0};
  FakeBackend backend([&inside](std::span<const Query>) {
    EXPECT_EQ(++inside, 1);
    std::this_thread::yield();
    --inside;
  });
  Run(plan, &backend, 8);
}

/// Takes several groups at once, and later ones faster.
class ConcurrentBackend : public FakeBackend {
 public:
  explicit ConcurrentBackend(int groups_at_once) : groups_at_once_(groups_at_once) {}

  BackendInfo Info() const override {
    BackendInfo info = FakeBackend::Info();
    info.groups_at_once = groups_at_once_;
    return info;
  }
  std::vector<Outcome> Generate(std::span<const Query> batch) override {
    const int now = ++inside_;
    for (int seen = most_; seen < now && !most_.compare_exchange_weak(seen, now);) continue;
    std::this_thread::sleep_for(std::chrono::milliseconds(batch.front().sample_id == "1" ? 100 : 20));
    --inside_;
    return FakeBackend::Generate(batch);
  }
  int most() const { return most_; }

 private:
  int groups_at_once_;
  std::atomic<int> inside_{0}, most_{0};
};

TEST_F(PipelineTest, AsksAboutAsManyGroupsAsTheBackendTakesAndWritesInPlanOrder) {
  const Plan plan = MakeFakePlan(ManyLines(60));
  ConcurrentBackend one_at_a_time(1), several(12);  // more than many machines have cores
  Run(plan, &one_at_a_time, 2);
  EXPECT_EQ(one_at_a_time.most(), 1);
  const std::vector<std::string> in_order = std::exchange(written_, {});
  Run(plan, &several, 2);
  EXPECT_GE(several.most(), 3);
  EXPECT_LE(several.most(), 12);
  EXPECT_EQ(written_, in_order);
}

TEST_F(PipelineTest, AnErrorOfTheBackendEndsTheRun) {
  const Plan plan = MakeFakePlan(ManyLines(6));
  FakeBackend backend([](std::span<const Query>) { throw EnvironmentError("the device is gone"); });
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { Run(plan, &backend); }), HasSubstr("the device is gone"));
}

TEST_F(PipelineTest, TimesOfAGroupStandInItsFirstSampleOnly) {
  const Plan plan = MakeFakePlan({"1|b.png|q|x", "2|b.png|q|x"});
  FakeBackend backend;
  Run(plan, &backend);
  EXPECT_GT(records_[0].timing.load_image_s, 0);
  EXPECT_EQ(records_[1].timing.load_image_s, 0);
}

}  // namespace
}  // namespace tessera
