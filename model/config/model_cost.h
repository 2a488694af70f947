// What a checkpoint costs: parameters, FLOPs, bytes.
#pragma once

#include <cstdint>

#include "model/config/model_config.h"
#include "model/config/weight_format.h"

namespace tessera {

/// The vision tower takes at most this many tiles at a time, so that its memory does not grow with the picture.
inline constexpr int kVisionBatchTiles = 4;

/// The native model answers at most so many questions at a time.
inline constexpr int kQuestionsAtOnce = 32;

/// Most bytes of keys and values in use at a time for prefixes (prompts up to the last picture), and as many for the
/// rest of the prompts with their answers.
inline constexpr std::int64_t kKeyValueBytes = std::int64_t{4} << 30;

/// Most elements of one block of attention scores, where the scores exist at all: in 16-bit arithmetic on the CPU.
inline constexpr std::int64_t kScoreBlockElements = 8 << 20;

struct ParameterCount {
  std::int64_t vision = 0;
  std::int64_t projector = 0;
  std::int64_t language = 0;
};
ParameterCount CountParameters(const ModelConfig& config);

/// FLOPs with 1 multiply-add = 2. Source: SPEC section 11.
struct FlopCount {
  double vision_linear_per_tile = 0;
  double vision_attention_per_tile = 0;
  double patch_embed_per_tile = 0;
  double projector_per_tile = 0;
  double language_linear_per_token = 0;
  double language_attention_per_token_pair = 0;  // per (token, context token) pair
  double output_head_per_position = 0;
};
FlopCount CountFlops(const ModelConfig& config);
double VisionFlopsPerTile(const FlopCount& flops);  ///< vision linear + attention + patch embed + projector

/// Bytes of the weights in memory for arithmetic of `bytes_per_element` on the CPU, where weights of 16 bits stay so
/// beside wider arithmetic.
struct WeightBytes {
  std::int64_t vision = 0;
  std::int64_t projector = 0;
  std::int64_t embedding = 0;
  std::int64_t language = 0;  // without the embedding table: what a decoding step reads
};
WeightBytes CountWeightBytes(const ModelConfig& config, int bytes_per_element,
                             WeightFormat format = WeightFormat::kStored);

/// Peak memory of answering one question on the CPU, in bytes, for arithmetic of `bytes_per_element`.
struct MemoryEstimate {
  std::int64_t weights = 0;
  std::int64_t kv_cache = 0;
  std::int64_t activations = 0;  // pixels, and the larger of the vision batch's and the prefill's live tensors
};
struct WorkSize {
  int tiles = 0;          // all pictures together, thumbnails included
  int prompt_tokens = 0;  // image tokens included
  int new_tokens = 0;
  int beams = 1;
};
MemoryEstimate EstimateMemory(const ModelConfig& config, const WorkSize& work, int bytes_per_element,
                              WeightFormat format = WeightFormat::kStored);

std::int64_t KvBytesPerToken(const LanguageConfig& config, int bytes_per_element);

}  // namespace tessera
