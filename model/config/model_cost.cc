// D width, H heads, K key/value heads, d head dimension, I MLP width, L layers, V vocabulary, N tokens of a tile.
#include "model/config/model_cost.h"

#include <algorithm>
#include <string_view>

namespace tessera {
namespace {

constexpr std::int64_t kFloatBytes = 4;

/// Elements of one token's queries, keys and values.
std::int64_t QkvWidth(const LanguageConfig& language) {
  return static_cast<std::int64_t>(language.num_attention_heads + 2 * language.num_key_value_heads) * HeadDim(language);
}

std::int64_t PatchesPerTile(const ModelConfig& config) {
  const std::int64_t side = TileSize(config) / config.vision.patch_size;
  return side * side;
}

/// Elements of one shuffled token: the projector's input width.
std::int64_t ShuffledWidth(const ModelConfig& config) {
  return config.vision.hidden_size * (PatchesPerTile(config) / TokensPerTile(config));
}

/// Bytes that live while an RMSNorm of `elements` runs: its output, and in reduced precision the float32 copy of its
/// input and their product.
std::int64_t RmsNormBytes(std::int64_t elements, int bytes_per_element) {
  return elements * bytes_per_element + (bytes_per_element < kFloatBytes ? 2 * elements * kFloatBytes : 0);
}

/// Peak of one block of the vision tower, per token.
std::int64_t VisionBlockBytesPerToken(const VisionConfig& vision, int e) {
  const std::int64_t D = vision.hidden_size;
  const std::int64_t norm = vision.norm_type == NormType::kRmsNorm ? RmsNormBytes(D, e) : D * e;
  const std::int64_t qk_norm = vision.qk_normalization ? D * e + RmsNormBytes(D, e) : 0;  // q is done, k under way
  const std::int64_t qk_normed = vision.qk_normalization ? 2 * D * e : 0;
  // Residual, norm output and the projection 3D stay; then either the norms of q and k, or the mixed heads, their
  // contiguous copy and the output projection.
  const std::int64_t attention = 5 * D * e + std::max(qk_norm, qk_normed + 3 * D * e);
  // The residual before and after attention stays; then the norm, or its output with the hidden layer (activated in
  // place) and the block's output.
  const std::int64_t mlp = 2 * D * e + std::max(norm, 2 * D * e + vision.intermediate_size * e);
  return std::max(attention, mlp);
}

std::int64_t VisionBytes(const ModelConfig& config, int tiles, int e) {
  const std::int64_t batch = std::min(tiles, kVisionBatchTiles);
  const std::int64_t tile_values = std::int64_t{3} * TileSize(config) * TileSize(config);
  const std::int64_t block = batch * (PatchesPerTile(config) + 1) * VisionBlockBytesPerToken(config.vision, e);
  const std::int64_t pixels = e < kFloatBytes ? batch * tile_values * e : 0;  // the batch's pixels in the working type
  // Projected tokens of all tiles: the batches' parts and their concatenation.
  const std::int64_t projected = std::int64_t{2} * tiles * TokensPerTile(config) * config.language.hidden_size * e;
  return block + pixels + projected;
}

std::int64_t PrefillBytes(const ModelConfig& config, const WorkSize& work, int e) {
  const LanguageConfig& language = config.language;
  const std::int64_t D = language.hidden_size;
  const std::int64_t kv = static_cast<std::int64_t>(language.num_key_value_heads) * HeadDim(language);
  // Norm output and projection; rotated queries and keys; mixed heads, their contiguous copy and the output projection.
  const std::int64_t attention = D * e + QkvWidth(language) * e + (D + kv) * e + 3 * D * e;
  // The residual after attention stays; then the norm, or its output with gate and up (activated and multiplied in
  // place).
  const std::int64_t mlp =
      D * e + std::max(RmsNormBytes(D, e), D * e + std::int64_t{2} * language.intermediate_size * e);
  const std::int64_t residual = 2 * D * e;  // the prompt's embeddings and the running residual
  const std::int64_t projected = std::int64_t{work.tiles} * TokensPerTile(config) * D * e;
  const std::int64_t logits =
      language.vocab_size * (kFloatBytes + e);  // of the last position, before and after the cast
  return work.prompt_tokens * (residual + std::max(attention, mlp)) + projected + logits;
}

/// A block of attention scores: in the working type, widened, after the softmax, and rounded again. In float32 the
/// fused kernel keeps none.
std::int64_t ScoreBytes(std::int64_t elements, std::int64_t e) {
  return e == kFloatBytes ? 0 : std::min(elements, kScoreBlockElements) * (2 * e + 2 * kFloatBytes);
}

std::int64_t VisionScoreBytes(const ModelConfig& config, int tiles, std::int64_t e) {
  const std::int64_t N = PatchesPerTile(config) + 1;
  return ScoreBytes(std::min(tiles, kVisionBatchTiles) * config.vision.num_attention_heads * N * N, e);
}

std::int64_t PrefillScoreBytes(const ModelConfig& config, const WorkSize& work, std::int64_t e) {
  const std::int64_t n = work.prompt_tokens;
  return ScoreBytes(config.language.num_attention_heads * n * n, e);
}

}  // namespace

ParameterCount CountParameters(const ModelConfig& config) {
  ParameterCount count;
  for (const TensorSpec& tensor : ExpectedTensors(config)) {
    std::int64_t elements = 1;
    for (const std::int64_t side : tensor.shape) elements *= side;
    const std::string_view name = tensor.name;
    if (name.starts_with("vision_model.")) {
      count.vision += elements;
    } else if (name.starts_with("mlp1.")) {
      count.projector += elements;
    } else {
      count.language += elements;
    }
  }
  return count;
}

FlopCount CountFlops(const ModelConfig& config) {
  const VisionConfig& vision = config.vision;
  const LanguageConfig& language = config.language;
  const double patches = static_cast<double>(PatchesPerTile(config));
  const double N = patches + 1;
  const double D = vision.hidden_size;
  const double L = vision.num_hidden_layers;
  const double patch_values = static_cast<double>(vision.num_channels) * vision.patch_size * vision.patch_size;
  const double D_llm = language.hidden_size;
  const double L_llm = language.num_hidden_layers;

  FlopCount flops;
  flops.vision_linear_per_tile = 2 * N * L * (4 * D * D + 2 * D * vision.intermediate_size);
  flops.vision_attention_per_tile = 4 * N * N * D * L;
  flops.patch_embed_per_tile = 2 * patches * patch_values * D;
  flops.projector_per_tile =
      2.0 * TokensPerTile(config) * (static_cast<double>(ShuffledWidth(config)) * D_llm + D_llm * D_llm);
  flops.language_linear_per_token =
      2 * L_llm *
      (D_llm * static_cast<double>(QkvWidth(language)) + D_llm * D_llm + 3 * D_llm * language.intermediate_size);
  flops.language_attention_per_token_pair = 4 * D_llm * L_llm;
  flops.output_head_per_position = 2 * D_llm * language.vocab_size;
  return flops;
}

double VisionFlopsPerTile(const FlopCount& flops) {
  return flops.vision_linear_per_tile + flops.vision_attention_per_tile + flops.patch_embed_per_tile +
         flops.projector_per_tile;
}

WeightBytes CountWeightBytes(const ModelConfig& config, int bytes_per_element, WeightFormat format) {
  const int each = config.torch_dtype == "float32" ? bytes_per_element : std::min(bytes_per_element, 2);
  const ParameterCount parameters = CountParameters(config);
  const LanguageConfig& language = config.language;
  const std::int64_t embedding = std::int64_t{language.vocab_size} * language.hidden_size;
  WeightBytes bytes{.vision = parameters.vision * each,
                    .projector = parameters.projector * each,
                    .embedding = embedding * each,
                    .language = (parameters.language - embedding) * each};
  if (format == WeightFormat::kStored) return bytes;
  const std::int64_t D = language.hidden_size;
  const std::int64_t rows =
      language.num_hidden_layers * (QkvWidth(language) + 2 * D + std::int64_t{2} * language.intermediate_size) +
      language.vocab_size;
  const std::int64_t norms = D * (2 * language.num_hidden_layers + 1);
  bytes.language = parameters.language - embedding - norms + rows * kFloatBytes + norms * bytes_per_element;
  return bytes;
}

std::int64_t KvBytesPerToken(const LanguageConfig& config, int bytes_per_element) {
  return std::int64_t{2} * config.num_hidden_layers * config.num_key_value_heads * HeadDim(config) * bytes_per_element;
}

MemoryEstimate EstimateMemory(const ModelConfig& config, const WorkSize& work, int bytes_per_element,
                              WeightFormat format) {
  const WeightBytes weights = CountWeightBytes(config, bytes_per_element, format);
  const std::int64_t tokens = std::int64_t{work.prompt_tokens} + work.new_tokens;
  const std::int64_t tile_values = std::int64_t{3} * TileSize(config) * TileSize(config);

  MemoryEstimate memory;
  memory.weights = weights.vision + weights.projector + weights.embedding + weights.language;
  // Beams share the pictures' keys and values and have the rest each for itself.
  const std::int64_t shared = std::min(tokens, std::int64_t{work.tiles} * TokensPerTile(config));
  memory.kv_cache = (shared + (tokens - shared) * work.beams) * KvBytesPerToken(config.language, bytes_per_element);
  // The question holds its tiles as float32 while both parts of the model run, one after the other.
  memory.activations =
      work.tiles * tile_values * kFloatBytes +
      std::max(
          VisionBytes(config, work.tiles, bytes_per_element) + VisionScoreBytes(config, work.tiles, bytes_per_element),
          PrefillBytes(config, work, bytes_per_element) + PrefillScoreBytes(config, work, bytes_per_element));
  return memory;
}

}  // namespace tessera
