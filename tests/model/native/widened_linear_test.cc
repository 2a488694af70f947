// 16-bit weights under float32 arithmetic: the same to the bit as a float32 copy of them.
#include "model/kernels/widened_linear.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include "model/generate/generate.h"
#include "model/generate/prefix_pool.h"
#include "tests/model/native/nano_queries.h"

namespace tessera {
namespace {

at::Tensor Random(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat));
}

TEST(WidenedLinear, EqualsAFloat32CopyToTheBit) {
  const int threads_before = at::get_num_threads();
  // 700 columns of depth 8192 are three blocks and 71 columns, 515 three with the rest in the last; the others are one.
  for (const auto& [columns, depth] : {std::pair<std::int64_t, std::int64_t>{700, 8192}, {515, 8192}, {70, 300}}) {
    for (const at::ScalarType type : {at::kBFloat16, at::kHalf}) {
      const at::Tensor weight = Random({columns, depth}, 1).to(type), copy = weight.to(at::kFloat);
      const at::Tensor bias = Random({columns}, 2);
      for (const std::int64_t rows : {0, 33, 100}) {
        const at::Tensor x = Random({1, rows, depth}, 3);
        for (const int threads : {1, 2}) {
          at::set_num_threads(threads);
          EXPECT_TRUE(WidenedLinear(x, weight).equal(at::linear(x, copy)))
              << columns << " columns, " << rows << " rows, " << threads << " threads";
          EXPECT_TRUE(WidenedLinear(x, weight, bias).equal(at::linear(x, copy, bias)))
              << columns << " columns, " << rows << " rows, " << threads << " threads, with bias";
        }
      }
    }
  }
  at::set_num_threads(threads_before);
}

/// The model with float32 copies of all its matrices.
NativeModel WithCopies(NativeModel model) {
  const auto copy = [](std::initializer_list<MatrixWeight*> weights) {
    for (MatrixWeight* weight : weights) weight->plain = weight->plain.values.to(at::kFloat);
  };
  for (VitBlockWeights& block : model.vision.blocks) {
    copy({&block.qkv_weight, &block.proj_weight, &block.fc1_weight, &block.fc2_weight});
  }
  copy({&model.projector.fc1_weight, &model.projector.fc2_weight});
  for (DecoderLayerWeights& layer : model.decoder.layers) {
    copy({&layer.qkv, &layer.attention_out, &layer.down});
    layer.gate_up = HoldGated(layer.gate_up.gate.values.to(at::kFloat), layer.gate_up.up.values.to(at::kFloat));
  }
  copy({&model.decoder.output});
  model.decoder.embedding = model.decoder.embedding.to(at::kFloat);
  return model;
}

/// The scores of all steps of an answer about a picture.
std::vector<float> Scores(const NativeModel& model, const Query& query) {
  const TokenPrompt prompt = TokenisePrompt(model, query);
  const at::Tensor embedded = EmbedPrompt(model, prompt.ids, EncodePicture(model, *query.tiles[0]));
  std::vector<float> scores;
  const GenerationHooks hooks{
      .on_scores = [&](std::span<const float> step) { scores.insert(scores.end(), step.begin(), step.end()); }};
  Generate(model, embedded, query.prompt.generation, hooks);
  return scores;
}

TEST(WidenedWeights, GiveTheScoresOfAFloat32Copy) {
  const c10::InferenceMode inference;
  const NativeModel model = LoadNativeModel(kNano, "float32", "cpu");
  ASSERT_EQ(model.decoder.output.plain.values.scalar_type(), at::kBFloat16);
  const NativeModel copied = WithCopies(LoadNativeModel(kNano, "float32", "cpu"));
  Query query = MakeQuery("Which bar is the highest of all?", MakeTestTiles(112, {.columns = 3, .rows = 2}, 1));
  query.prompt.generation.min_new_tokens = 20;
  const std::vector<float> scores = Scores(model, query);
  EXPECT_FALSE(scores.empty());
  EXPECT_TRUE(scores == Scores(copied, query));
}

}  // namespace
}  // namespace tessera
