#include "model/language/decoder.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

namespace tessera {
namespace {

LanguageConfig SmallConfig(LanguageArchitecture architecture) {
  LanguageConfig config;
  config.architecture = architecture;
  config.hidden_size = 32;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 4;
  config.num_key_value_heads = architecture == LanguageArchitecture::kPhi3 ? 4 : 2;
  config.intermediate_size = 48;
  config.vocab_size = 50;
  config.max_position_embeddings = 64;
  return config;
}

DecoderWeights RandomWeights(const LanguageConfig& config) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(7);
  const auto random = [&](std::initializer_list<std::int64_t> shape) {
    return at::randn(shape, generator, at::TensorOptions().dtype(at::kFloat)).mul_(0.2);
  };
  const std::int64_t width = config.hidden_size;
  const std::int64_t qkv_rows = (config.num_attention_heads + 2 * config.num_key_value_heads) * HeadDim(config);
  DecoderWeights weights{.embedding = random({config.vocab_size, width}),
                         .norm = random({width}),
                         .output = MakeMatrixWeight(random({config.vocab_size, width}))};
  for (int i = 0; i < config.num_hidden_layers; ++i) {
    weights.layers.push_back({.attention_norm = random({width}),
                              .mlp_norm = random({width}),
                              .qkv = MakeMatrixWeight(random({qkv_rows, width})),
                              .attention_out = MakeMatrixWeight(random({width, width})),
                              .gate_up = MakeGatedWeight(random({config.intermediate_size, width}),
                                                         random({config.intermediate_size, width})),
                              .down = MakeMatrixWeight(random({width, config.intermediate_size}))});
  }
  return weights;
}

class DecoderTest : public ::testing::TestWithParam<LanguageArchitecture> {};

TEST_P(DecoderTest, TokenByTokenEqualsAllAtOnce) {
  const LanguageConfig config = SmallConfig(GetParam());
  const DecoderWeights weights = RandomWeights(config);
  const at::Tensor x =
      at::randn({1, 9, 32}, at::make_generator<at::CPUGeneratorImpl>(3), at::TensorOptions().dtype(at::kFloat));

  KvCache whole = MakeKvCache(config, 1, 9, at::kFloat, LayerDevices(weights));
  Rope rope(config, at::kFloat, at::kCPU);
  const at::Tensor expected = Decode(x, weights, config, rope, whole);

  KvCache cache = MakeKvCache(config, 1, 9, at::kFloat, LayerDevices(weights));
  at::Tensor last = Decode(x.slice(1, 0, 5), weights, config, rope, cache);
  for (std::int64_t i = 5; i < 9; ++i) last = Decode(x.slice(1, i, i + 1), weights, config, rope, cache);
  EXPECT_EQ(cache.length, 9);
  // Two orders of the same float32 sums over at most 48 terms.
  EXPECT_LT((last - expected.slice(1, 8)).abs().max().item<float>(), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Architectures, DecoderTest,
                         ::testing::Values(LanguageArchitecture::kInternLm2, LanguageArchitecture::kPhi3));

TEST(Rope, AConversationDoesNotChangeTheNext) {
  LanguageConfig config = SmallConfig(LanguageArchitecture::kInternLm2);
  config.rope.scaling = RopeScaling::kDynamicNtk;
  config.rope.factor = 2;
  Rope first(config, at::kFloat, at::kCPU);
  const at::Tensor before = first.Tables(0, 10).cos;
  first.Tables(0, 100);  // past the 64 positions of the plain table
  EXPECT_FALSE(first.Tables(0, 10).cos.equal(before)) << "within a conversation the longer table stays";
  Rope second(config, at::kFloat, at::kCPU);
  EXPECT_TRUE(second.Tables(0, 10).cos.equal(before));
}

}  // namespace
}  // namespace tessera
