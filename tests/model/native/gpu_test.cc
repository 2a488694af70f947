// The model on a GPU against the model on the CPU. Skipped, aloud, on a machine without one; scripts/test_gpu.sh runs
// it.
#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <gtest/gtest.h>

#include "model/api/generate_all.h"
#include "model/generate/native_backend.h"
#include "model/generate/native_model.h"
#include "tests/model/native/nano_queries.h"

namespace tessera {
namespace {

class Gpu : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!at::hasCUDA()) GTEST_SKIP() << "SKIPPED: no CUDA device, or a build without CUDA";
  }
};

class TwoGpus : public Gpu {
 protected:
  void SetUp() override {
    Gpu::SetUp();
    if (IsSkipped()) return;
    const int count = at::detail::getCUDAHooks().getNumGPUs();
    if (count < 2) GTEST_SKIP() << "SKIPPED: splitting layers needs two CUDA devices, here is " << count;
  }
};

/// Several questions on one picture, one without a picture, and a beam search.
std::vector<Query> MakeQueries(int tile_size) {
  const auto tiles = MakeTestTiles(tile_size, {.columns = 3, .rows = 2, .thumbnail = true}, 1);
  std::vector<Query> batch = {MakeQuery("What is the largest value?", tiles), MakeQuery("这是什么？", tiles),
                              MakeQuery("Hello", nullptr), MakeQuery("Which bar is the highest?", tiles)};
  batch.back().prompt.generation.num_beams = 3;
  return batch;
}

TEST_F(Gpu, AnswersAsTheCpuDoesInFloat32) {
  const auto cpu = MakeNativeBackend({.checkpoint = kNano, .precision = "float32"});
  const auto gpu = MakeNativeBackend({.checkpoint = kNano, .device = "cuda", .precision = "float32"});
  EXPECT_EQ(gpu->Info().device, "cuda:0");
  const std::vector<Query> batch = MakeQueries(cpu->Info().tile_size);
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

TEST_F(TwoGpus, ASplitModelAnswersAsTheCpuDoesInFloat32) {
  const auto cpu = MakeNativeBackend({.checkpoint = kNano, .precision = "float32"});
  const auto split = MakeNativeBackend({.checkpoint = kNano, .device = "cuda:0+cuda:1", .precision = "float32"});
  EXPECT_EQ(split->Info().device, "cuda:0+cuda:1");
  const std::vector<Query> batch = MakeQueries(cpu->Info().tile_size);
  const std::vector<Outcome> expected = GenerateAll(*cpu, batch);
  const std::vector<Outcome> found = GenerateAll(*split, batch);
  for (std::size_t i = 0; i < batch.size(); ++i)
    EXPECT_EQ(AnswerOf(found[i]), AnswerOf(expected[i])) << batch[i].sample_id;
}

TEST_F(TwoGpus, TheDevicesOfASplitAreTakenInTheOrderOfTheirNames) {
  const NativeModel model = LoadNativeModel(kNano, "float32", "cuda:1+cuda:0");
  const std::vector<at::Device> layers = LayerDevices(model.decoder);
  EXPECT_EQ(layers.front(), at::Device(at::kCUDA, 1));
  EXPECT_EQ(layers.back(), at::Device(at::kCUDA, 0));
  EXPECT_EQ(model.device, layers.front());
  EXPECT_EQ(model.vision.patch_weight.device(), layers.front());
  EXPECT_EQ(model.decoder.embedding.device(), layers.front());
  EXPECT_EQ(model.decoder.norm.device(), layers.back());
}

}  // namespace
}  // namespace tessera
