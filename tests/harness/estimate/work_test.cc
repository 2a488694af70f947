#include "harness/estimate/work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/estimate/tiny_model.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kTokensPerTile = 64;

// With tiles of 224 px: b.png (96 x 64) is 3 x 2 tiles and a thumbnail, or one tile where 2 are allowed; d.png
// (112 x 112) is one.
class WorkTest : public testing::Test {
 protected:
  WorkTest() {
    WriteData(data_, "fake.txt", {"s1|b.png|How many?|7", "s2|b.png|Which?|red", "s3|d.png|One?;Two?|x"});
    data_.Write("other.txt", "o1|b.png|Why?|because\n");
    data_.Write("graded.txt", "g1||Right?|yes it is\ng2||Wrong?|\ng3||What?|nothing\n");
  }
  Plan MakeFakePlan(const std::vector<const Benchmark*>& benchmarks) const {
    return MakePlan(benchmarks, {.data_folder = data_.path()});
  }
  RunWork Estimate(const Plan& plan, int threads = 2) const {
    return EstimateWork(plan, plan.groups, &model_, {}, threads);
  }

  TempFolder data_;
  PlannedModel model_ = TinyModel();
};

TEST_F(WorkTest, CountsSamplesPicturesAndTilesByHand) {
  const RunWork run = Estimate(MakeFakePlan({&FakeBenchmark(), &OtherBenchmark()}));
  ASSERT_EQ(run.benchmarks.size(), 2u);
  const Work& fake = run.benchmarks[0];
  EXPECT_EQ(fake.samples, 3);
  EXPECT_EQ(fake.pictures, 2);
  EXPECT_EQ(fake.tiles, 7 + 7 + 1 + 1);  // two questions on b.png, two turns on d.png
  EXPECT_EQ(fake.encoded_tiles, 7 + 1);  // once for all questions and turns
  EXPECT_EQ(fake.image_tokens, 16 * kTokensPerTile);
  EXPECT_EQ(fake.new_tokens_limit, 4 * 10);
  EXPECT_FALSE(fake.prompts_known);
  const Work& other = run.benchmarks[1];
  EXPECT_EQ(other.tiles, 1);
  EXPECT_EQ(other.encoded_tiles, 1);  // the same picture, cut in another way
  EXPECT_TRUE(other.prompts_known);
  EXPECT_EQ(run.total.samples, 4);
  EXPECT_EQ(run.total.pictures, 2);
  EXPECT_EQ(run.total.tiles, 17);
  EXPECT_EQ(run.total.encoded_tiles, 9);
  EXPECT_EQ(run.total.prompt_tokens, fake.prompt_tokens + other.prompt_tokens);
}

TEST_F(WorkTest, CostsAreThoseOfTheQuestions) {
  const Work work = Estimate(MakeFakePlan({&OtherBenchmark()})).total;
  const PhaseCosts costs(model_.config, 2);
  const int prompt = static_cast<int>(work.prompt_tokens);
  EXPECT_EQ(work.vision.flops, costs.Vision(1).flops);
  EXPECT_EQ(work.projector.flops, costs.Projector(1).flops);
  EXPECT_EQ(work.prefill.flops, costs.Prefill(prompt, 1).flops);
  EXPECT_EQ(work.decode.flops, costs.Decode(prompt, static_cast<int>(work.new_tokens), 1).flops);
  EXPECT_EQ(work.decode_limit.bytes, costs.Decode(prompt, 10, 1).bytes);
  EXPECT_EQ(work.memory.kv_cache, (prompt + 10) * 768);
}

TEST_F(WorkTest, PicturesInMemoryAreDecodedAndTiled) {
  const Plan plan = MakeFakePlan({&FakeBenchmark()});
  const std::int64_t tile_bytes = 3 * 224 * 224 * 4;
  EXPECT_EQ(Estimate(plan).picture_bytes, 3 * 96 * 64 + 7 * tile_bytes + 3 * 112 * 112 + tile_bytes);
}

TEST_F(WorkTest, QuestionsOnDifferentPicturesShareDecodePasses) {
  WriteData(data_, "other.txt", {"o1|b.png|Why?|because", "o2|d.png|Why?|because"});
  const Work both = Estimate(MakeFakePlan({&OtherBenchmark()})).total;
  std::vector<Work> alone;
  for (const char* line : {"o1|b.png|Why?|because\n", "o2|d.png|Why?|because\n"}) {
    data_.Write("other.txt", line);
    alone.push_back(Estimate(MakeFakePlan({&OtherBenchmark()})).total);
  }
  EXPECT_EQ(both.decode.flops, alone[0].decode.flops + alone[1].decode.flops);
  const PhaseCosts costs(model_.config, 2);
  const double weights = costs.Decode(0, 2, 1).bytes - costs.Decode(0, 2, 1, /*shared_steps=*/1).bytes;
  EXPECT_EQ(both.decode_limit.bytes, alone[0].decode_limit.bytes + alone[1].decode_limit.bytes - 9 * weights);
  EXPECT_EQ(both.memory.kv_cache, alone[0].memory.kv_cache + alone[1].memory.kv_cache);
}

TEST_F(WorkTest, WithoutAModelOnlyPicturesAndTilesAreKnown) {
  const Plan plan = MakeFakePlan({&FakeBenchmark()});
  const Work work = EstimateWork(plan, plan.groups, nullptr, {}, 1).total;
  EXPECT_EQ(work.tiles, 16);
  EXPECT_EQ(work.new_tokens_limit, 40);
  EXPECT_FALSE(work.model_known);
  EXPECT_EQ(work.prompt_tokens, 0);
  EXPECT_EQ(work.vision.flops, 0);
}

TEST_F(WorkTest, ABrokenPictureIsNamedOnceAndItsSamplesAreLeftOut) {
  data_.Write("fake.txt", "s1|broken.png|One?|1\ns2|broken.png|Two?|2\ns3|d.png|Three?|3\n");
  const RunWork run = Estimate(MakeFakePlan({&FakeBenchmark()}));
  EXPECT_THAT(run.failures, ElementsAre(HasSubstr("broken.png")));
  EXPECT_EQ(run.total.samples, 3);
  EXPECT_EQ(run.total.failed, 2);
  EXPECT_EQ(run.total.tiles, 1);
  EXPECT_EQ(run.total.new_tokens_limit, 10);
}

TEST_F(WorkTest, AMissingPictureIsNamed) {
  data_.Write("fake.txt", "s1|nowhere.png|One?|1\n");
  EXPECT_THAT(Estimate(MakeFakePlan({&FakeBenchmark()})).failures, ElementsAre(HasSubstr("nowhere.png")));
}

TEST_F(WorkTest, OnlyTheGivenGroupsCount) {
  const Plan plan = MakeFakePlan({&FakeBenchmark()});
  const std::vector<PictureGroup> rest = RemainingGroups(plan, {SampleKey("fake", plan.samples[0].sample)});
  const Work work = EstimateWork(plan, rest, &model_, {}, 1).total;
  EXPECT_EQ(work.samples, 2);
  EXPECT_EQ(work.tiles, 7 + 1 + 1);
}

TEST_F(WorkTest, JudgeCallsAreThoseOfTheDefaultScoring) {
  const RunWork run = Estimate(MakeFakePlan({&GradedBenchmark()}));
  EXPECT_THAT(run.failures, IsEmpty());
  // g3 has nothing to be judged by. "Is it right?" + newline + the reference, or + the answer that no rule can read.
  const std::int64_t unreadable = static_cast<std::int64_t>(std::string("Is it right?\nIt cannot be said.").size()) / 4;
  EXPECT_EQ(run.total.judge.calls, 2);
  EXPECT_EQ(run.total.judge.prompt_tokens, (13 + 9) / 4 + unreadable);
  EXPECT_EQ(run.total.judge.calls_limit, 2);
  EXPECT_EQ(run.total.judge.prompt_tokens_limit, 2 * unreadable);
  EXPECT_EQ(Estimate(MakeFakePlan({&FakeBenchmark()})).total.judge.calls_limit, 0);
}

TEST_F(WorkTest, ThreadsDoNotChangeTheEstimate) {
  const Plan plan = MakeFakePlan({&FakeBenchmark(), &OtherBenchmark(), &GradedBenchmark()});
  const Work one = Estimate(plan, 1).total;
  const Work eight = Estimate(plan, 8).total;
  EXPECT_EQ(one.prompt_tokens, eight.prompt_tokens);
  EXPECT_EQ(one.prefill.flops, eight.prefill.flops);
  EXPECT_EQ(one.run_folder_bytes, eight.run_folder_bytes);
}

}  // namespace
}  // namespace tessera
