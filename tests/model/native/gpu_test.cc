// The model on a GPU against the model on the CPU. Skipped, aloud, on a machine without one; scripts/test_gpu.sh runs
// it.
#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "model/api/generate_all.h"
#include "model/generate/native_backend.h"
#include "tests/model/native/nano_queries.h"

namespace tessera {
namespace {

class Gpu : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!at::hasCUDA()) GTEST_SKIP() << "SKIPPED: no CUDA device, or a build without CUDA";
  }
};

TEST_F(Gpu, AnswersAsTheCpuDoesInFloat32) {
  const auto cpu = MakeNativeBackend({.checkpoint = kNano, .precision = "float32"});
  const auto gpu = MakeNativeBackend({.checkpoint = kNano, .device = "cuda", .precision = "float32"});
  EXPECT_EQ(gpu->Info().device, "cuda:0");
  const auto tiles = MakeTestTiles(cpu->Info().tile_size, {.columns = 3, .rows = 2, .thumbnail = true}, 1);
  std::vector<Query> batch = {MakeQuery("What is the largest value?", tiles), MakeQuery("这是什么？", tiles),
                              MakeQuery("Hello", nullptr), MakeQuery("Which bar is the highest?", tiles)};
  batch.back().prompt.generation.num_beams = 3;
  const std::vector<Outcome> expected = GenerateAll(*cpu, batch);
  const std::vector<Outcome> found = GenerateAll(*gpu, batch);
  for (std::size_t i = 0; i < batch.size(); ++i)
    EXPECT_EQ(AnswerOf(found[i]), AnswerOf(expected[i])) << batch[i].sample_id;
}

TEST_F(Gpu, AnswersInSixteenBits) {
  for (const std::string precision : {"bfloat16", "float16"}) {
    const auto gpu = MakeNativeBackend({.checkpoint = kNano, .device = "cuda", .precision = precision});
    const Query query = MakeQuery("What?", MakeTestTiles(gpu->Info().tile_size, {}, 3));
    const std::vector<Outcome> outcomes = GenerateAll(*gpu, std::span(&query, 1));
    EXPECT_TRUE(std::holds_alternative<Prediction>(outcomes[0])) << precision << ": " << AnswerOf(outcomes[0]);
  }
}

}  // namespace
}  // namespace tessera
