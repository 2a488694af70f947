// Sizes of a synthetic checkpoint that is made and asked in no time.
#pragma once

#include "model/config/model_config.h"
#include "model/config/synthetic_sizes.h"

namespace tessera {

/// "small" with two narrow layers, tiles of 56 pixels (4 tokens) and `vocabulary` tokens.
inline ModelConfig TinySynthetic(int vocabulary = 1000) {
  ModelConfig config = SyntheticSizes("small");
  config.force_image_size = config.vision.image_size = 56;
  config.vision.hidden_size = config.language.hidden_size = 32;
  config.vision.num_attention_heads = config.language.num_attention_heads = 4;
  config.language.num_key_value_heads = 2;
  config.vision.intermediate_size = config.language.intermediate_size = 64;
  config.vision.num_hidden_layers = config.language.num_hidden_layers = 2;
  config.language.vocab_size = vocabulary;
  return config;
}

}  // namespace tessera
