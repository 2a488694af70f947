#include "harness/runner/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

  PipelineResult Run(const Plan& plan, Backend* backend, int threads = 4, int workers = 1) {
    LocalQueue queue(plan.groups.size());
    return RunPipeline(
        plan, plan.groups, backend, &queue,
        {.threads = threads, .stop = &stop_, .workers = workers, .write = [this](const SampleRecord& record) {
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

TEST_F(PipelineTest, WritesASampleWhileOthersOfItsGroupAreStillAsked) {
  class SlowBackend : public FakeBackend {
   public:
    explicit SlowBackend(const std::vector<std::string>* written) : written_(written) {}
    void Generate(std::span<const Query> batch, const Deliver& deliver) override {
      for (std::size_t i = 0; i < batch.size(); ++i) {
        FakeBackend::Generate(batch.subspan(i, 1), [&](std::size_t, Outcome outcome) { deliver(i, outcome); });
        EXPECT_EQ(written_->size(), i + 1);
      }
    }

   private:
    const std::vector<std::string>* written_;
  };
  const Plan plan = MakeFakePlan({"1|a.png|q|x", "2|a.png|fail|x", "3|a.png|q|x"});
  SlowBackend backend(&written_);
  Run(plan, &backend);
  EXPECT_THAT(written_, ElementsAre("1", "2", "3"));
}

TEST_F(PipelineTest, OneCallAsksAboutSeveralGroupsWhereTheBackendGainsFromThat) {
  const Plan plan = MakeFakePlan(ManyLines(60));
  const auto calls = [&](int questions_at_once, int workers) {
    std::vector<std::size_t> sizes;
    FakeBackend backend([&sizes](std::span<const Query> batch) { sizes.push_back(batch.size()); }, questions_at_once);
    written_.clear();
    Run(plan, &backend, 4, workers);
    std::sort(written_.begin(), written_.end());
    return sizes;
  };
  const std::vector<std::size_t> one_by_one = calls(1, 1);
  const std::vector<std::string> all = written_;
  EXPECT_EQ(one_by_one.size(), 4u + 10u);  // four pictures, ten questions without; a broken one is not asked about
  EXPECT_THAT(calls(8, 1), ElementsAre(20u, 20u, 6u, 4u))
      << "a call is full with 16 questions, and the ten on the broken picture fail before they are asked";
  EXPECT_EQ(written_, all);
  EXPECT_EQ(calls(8, 4), one_by_one) << "workers share what is left";
  EXPECT_EQ(written_, all);
}

TEST_F(PipelineTest, TilesOfACallAreLimited) {
  std::vector<std::string> lines;
  for (int i = 0; i < 30; ++i) {
    const std::string name = std::to_string(i) + ".png";
    std::filesystem::copy_file(std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/golden/model/images/noise_96x64.png",
                               data_.path() / name);
    lines.push_back(std::to_string(i) + "|" + name + "|q|x");
  }
  std::vector<std::size_t> sizes;
  FakeBackend backend([&sizes](std::span<const Query> batch) { sizes.push_back(batch.size()); }, 32);
  Run(MakeFakePlan(lines), &backend);
  EXPECT_THAT(sizes, ElementsAre(13u, 13u, 4u)) << "13 pictures of up to 13 tiles are past the limit";
}

TEST_F(PipelineTest, AStoppedQuestionLeavesItsGroupUnfinishedAndNoOther) {
  class StoppingBackend : public FakeBackend {
   public:
    using FakeBackend::FakeBackend;
    void Generate(std::span<const Query> batch, const Deliver& deliver) override {
      FakeBackend::Generate(batch, [&](std::size_t i, Outcome outcome) {
        i + 1 < batch.size() ? deliver(i, outcome) : deliver(i, Failure{.message = "interrupted", .stopped = true});
      });
    }
  };
  const Plan plan = MakeFakePlan({"1|a.png|q|x", "2|b.png|q|x", "3|b.png|q|x"});
  StoppingBackend backend([](std::span<const Query>) {}, 8);
  LocalQueue queue(plan.groups.size());
  const PipelineResult result = RunPipeline(
      plan, plan.groups, &backend, &queue,
      {.threads = 2, .write = [this](const SampleRecord& record) { written_.push_back(record.sample.id); }});
  EXPECT_THAT(written_, ElementsAre("1", "2"));
  EXPECT_TRUE(result.stopped);
  EXPECT_FALSE(queue.IsDone());
}

/// Takes several calls at once, and later ones faster.
class ConcurrentBackend : public FakeBackend {
 public:
  explicit ConcurrentBackend(int calls_at_once) : calls_at_once_(calls_at_once) {}

  BackendInfo Info() const override {
    BackendInfo info = FakeBackend::Info();
    info.calls_at_once = calls_at_once_;
    return info;
  }
  void Generate(std::span<const Query> batch, const Deliver& deliver) override {
    const int now = ++inside_;
    for (int seen = most_; seen < now && !most_.compare_exchange_weak(seen, now);) continue;
    std::this_thread::sleep_for(std::chrono::milliseconds(batch.front().sample_id == "1" ? 100 : 20));
    --inside_;
    FakeBackend::Generate(batch, deliver);
  }
  int most() const { return most_; }

 private:
  int calls_at_once_;
  std::atomic<int> inside_{0}, most_{0};
};

TEST_F(PipelineTest, AsksAsManyCallsAsTheBackendTakesAndWritesThemAsTheyEnd) {
  const Plan plan = MakeFakePlan(ManyLines(60));
  ConcurrentBackend one_at_a_time(1), several(12);  // more than many machines have cores
  Run(plan, &one_at_a_time, 2);
  EXPECT_EQ(one_at_a_time.most(), 1);
  std::vector<std::string> in_order = std::exchange(written_, {});
  Run(plan, &several, 2);
  EXPECT_GE(several.most(), 3);
  EXPECT_LE(several.most(), 12);
  EXPECT_NE(written_, in_order) << "the slow call of sample 1 holds nobody up";
  std::sort(written_.begin(), written_.end());
  std::sort(in_order.begin(), in_order.end());
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
