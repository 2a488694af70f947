#include "model/config/model_cost.h"

#include <gtest/gtest.h>

#include "harness/base/json_fields.h"
#include "tests/model/config/published_models.h"
#include "tests/model/input_error.h"

namespace tessera {
namespace {

constexpr int kBf16 = 2;

TEST(ModelCost, ParametersByPartAreThoseOfTheSpecification) {
  const Json golden = ReadJsonFile(GoldenModelFolder() / "weights.json");
  for (const PublishedModel& model : PublishedModels()) {
    SCOPED_TRACE(model.name);
    const Json& parts = golden[model.name]["parameters_by_part"];
    const ParameterCount count = CountParameters(model.config);
    EXPECT_EQ(count.vision, parts["vision_model"].get<std::int64_t>());
    EXPECT_EQ(count.language, parts["language_model"].get<std::int64_t>());
    EXPECT_EQ(count.projector, parts["mlp1"].get<std::int64_t>());
    EXPECT_EQ(EstimateMemory(model.config, {}, kBf16).weights, golden[model.name]["bytes_bf16"].get<std::int64_t>());
  }
}

TEST(ModelCost, FlopsAreThoseOfTheSpecification) {
  const Json golden = ReadJsonFile(GoldenModelFolder() / "weights.json");
  for (const PublishedModel& model : PublishedModels()) {
    SCOPED_TRACE(model.name);
    const Json& expected = golden[model.name]["flops"];
    const FlopCount flops = CountFlops(model.config);
    EXPECT_EQ(flops.vision_linear_per_tile, expected["vit_linear"].get<double>());
    EXPECT_EQ(flops.vision_attention_per_tile, expected["vit_attention"].get<double>());
    EXPECT_EQ(flops.patch_embed_per_tile, expected["patch_embed"].get<double>());
    EXPECT_EQ(flops.projector_per_tile, expected["projector"].get<double>());
    EXPECT_EQ(VisionFlopsPerTile(flops), expected["tile_total"].get<double>());
    EXPECT_EQ(flops.language_linear_per_token, expected["llm_per_token_linear"].get<double>());
    EXPECT_EQ(flops.language_attention_per_token_pair,
              expected["llm_per_token_per_context_token_attention"].get<double>());
    EXPECT_EQ(flops.output_head_per_position, expected["llm_lm_head_per_position"].get<double>());
    EXPECT_EQ(KvBytesPerToken(model.config.language, kBf16),
              expected["kv_cache_bytes_per_token_bf16"].get<std::int64_t>());
  }
}

TEST(ModelCost, KvCacheHoldsPromptAndAnswer) {
  const MemoryEstimate memory =
      EstimateMemory(InternVlChat26b(), {.tiles = 13, .prompt_tokens = 3400, .new_tokens = 100}, kBf16);
  EXPECT_EQ(memory.kv_cache, std::int64_t{3500} * 196608);
}

TEST(ModelCost, WeightsOf16BitsStaySoBesideFloat32) {
  ModelConfig config = MiniInternVl2b();
  const std::int64_t stored = EstimateMemory(config, {}, kBf16).weights;
  EXPECT_EQ(EstimateMemory(config, {}, 4).weights, stored);
  config.torch_dtype = "float32";
  EXPECT_EQ(EstimateMemory(config, {}, 4).weights, 2 * stored);
  EXPECT_EQ(EstimateMemory(config, {}, kBf16).weights, stored);
}

TEST(ModelCost, Int8HalvesTheLanguageModelsMatricesAndAddsAScalePerRow) {
  ModelConfig config = MiniInternVl2b();
  constexpr std::int64_t kLayerRows = 4096 + 2 * 2048 + 2 * 8192;  // qkv, out and down, gate and up
  constexpr std::int64_t kRows = 24 * kLayerRows + 92553;          // and the output head
  constexpr std::int64_t kMatrices = 24 * std::int64_t{2048} * (4096 + 2048 + 3 * 8192) + std::int64_t{2048} * 92553;
  constexpr std::int64_t kSaved = kMatrices - 4 * kRows;  // of 2 bytes each, one; less the scales
  const auto weights = [&](int bytes_per_element, WeightFormat format) {
    return EstimateMemory(config, {}, bytes_per_element, format).weights;
  };
  EXPECT_EQ(weights(kBf16, WeightFormat::kStored) - weights(kBf16, WeightFormat::kInt8), kSaved);
  const WeightBytes stored = CountWeightBytes(config, kBf16), int8 = CountWeightBytes(config, kBf16, WeightFormat::kInt8);
  EXPECT_EQ(stored.language - int8.language, kSaved);
  EXPECT_EQ(stored.vision, int8.vision);
  EXPECT_EQ(stored.projector, int8.projector);
  EXPECT_EQ(stored.embedding, int8.embedding);
  config.torch_dtype = "float32";
  EXPECT_EQ(weights(4, WeightFormat::kStored) - weights(4, WeightFormat::kInt8), 3 * kMatrices - 4 * kRows);
}

TEST(ModelCost, BeamsShareTheKeysOfThePictures) {
  const WorkSize one{.tiles = 1, .prompt_tokens = 300, .new_tokens = 10};
  WorkSize three = one;
  three.beams = 3;
  const ModelConfig config = MiniInternVl2b();
  EXPECT_EQ(EstimateMemory(config, three, kBf16).kv_cache - EstimateMemory(config, one, kBf16).kv_cache,
            2 * (300 + 10 - 256) * KvBytesPerToken(config.language, kBf16));
}

TEST(ModelCost, VisionActivationsStopGrowingAtAFullBatch) {
  // Beyond the batch, a tile adds its float32 pixels and its projected tokens (a part and its copy), nothing of the
  // tower.
  const ModelConfig config = InternVlChat26b();
  const auto activations = [&](int tiles) { return EstimateMemory(config, {.tiles = tiles}, kBf16).activations; };
  const std::int64_t per_tile = 3 * 448 * 448 * 4 + 2 * 256 * 6144 * kBf16;
  EXPECT_EQ(activations(kVisionBatchTiles + 1) - activations(kVisionBatchTiles), per_tile);
  EXPECT_GT(activations(kVisionBatchTiles) - activations(kVisionBatchTiles - 1), 5 * per_tile);
}

TEST(ModelCost, LongPromptsAreBoundByThePrefill) {
  const ModelConfig config = MiniInternVl2b();
  const auto activations = [&](int tokens) {
    return EstimateMemory(config, {.tiles = 1, .prompt_tokens = tokens}, kBf16).activations;
  };
  // Per token: residual and embeddings 2 D, then the residual after attention, norm output, gate and up.
  const std::int64_t per_token = (2 * 2048 + 2 * 2048 + 2 * 8192) * kBf16;
  EXPECT_EQ(activations(20001) - activations(20000), per_token);
}

}  // namespace
}  // namespace tessera
