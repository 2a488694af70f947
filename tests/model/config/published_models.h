// The three published sizes as configurations. Source: SPEC section 2.
#pragma once

#include "model/config/model_config.h"

namespace tessera {

inline VisionConfig InternVit6b() {
  return {.hidden_size = 3200,
          .num_attention_heads = 25,
          .intermediate_size = 12800,
          .num_hidden_layers = 45,
          .image_size = 448,
          .patch_size = 14};
}

inline VisionConfig InternVit300m() {
  return {.hidden_size = 1024,
          .num_attention_heads = 16,
          .intermediate_size = 4096,
          .num_hidden_layers = 24,
          .image_size = 448,
          .patch_size = 14,
          .norm_type = NormType::kLayerNorm,
          .qk_normalization = false,
          .qkv_bias = true};
}

inline ModelConfig InternVlChat26b() {
  ModelConfig config{.vision = InternVit6b()};
  config.language = {.architecture = LanguageArchitecture::kInternLm2,
                     .hidden_size = 6144,
                     .num_hidden_layers = 48,
                     .num_attention_heads = 48,
                     .num_key_value_heads = 8,
                     .intermediate_size = 16384,
                     .vocab_size = 92553,
                     .max_position_embeddings = 32768};
  return config;
}

inline ModelConfig MiniInternVl2b() {
  ModelConfig config{.vision = InternVit300m()};
  config.language = {.architecture = LanguageArchitecture::kInternLm2,
                     .hidden_size = 2048,
                     .num_hidden_layers = 24,
                     .num_attention_heads = 16,
                     .num_key_value_heads = 8,
                     .intermediate_size = 8192,
                     .vocab_size = 92553,
                     .max_position_embeddings = 32768};
  return config;
}

inline ModelConfig MiniInternVl4b() {
  ModelConfig config{.vision = InternVit300m()};
  config.language = {.architecture = LanguageArchitecture::kPhi3,
                     .hidden_size = 3072,
                     .num_hidden_layers = 32,
                     .num_attention_heads = 32,
                     .num_key_value_heads = 32,
                     .intermediate_size = 8192,
                     .vocab_size = 32020,
                     .max_position_embeddings = 131072};
  return config;
}

/// A published model under its name in tests/golden/model/weights.json.
struct PublishedModel {
  const char* name;
  ModelConfig config;
};

inline std::vector<PublishedModel> PublishedModels() {
  return {{"InternVL-Chat-V1-5", InternVlChat26b()},
          {"Mini-InternVL-Chat-2B-V1-5", MiniInternVl2b()},
          {"Mini-InternVL-Chat-4B-V1-5", MiniInternVl4b()}};
}

}  // namespace tessera
