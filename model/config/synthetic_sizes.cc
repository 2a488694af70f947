#include "model/config/synthetic_sizes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/error.h"

namespace tessera {
namespace {

/// What the published checkpoints have in common.
ModelConfig Common() {
  ModelConfig config;
  config.vision.image_size = 448;
  config.vision.patch_size = 14;
  config.language.vocab_size = 92553;
  config.language.max_position_embeddings = 32768;
  config.language.rope.theta = 1'000'000;
  config.language.rope.scaling = RopeScaling::kDynamicNtk;
  config.language.rope.factor = 2;
  config.pixel_shuffle = PixelShuffleVersion::kV2;
  config.force_image_size = 448;
  config.dynamic_image_size = true;
  config.use_thumbnail = true;
  config.max_dynamic_patch = 12;
  config.chat_template = "internlm2-chat";
  config.torch_dtype = "bfloat16";
  return config;
}

void SetVision(VisionConfig* vision, int width, int heads, int mlp_width, int layers) {
  vision->hidden_size = width;
  vision->num_attention_heads = heads;
  vision->intermediate_size = mlp_width;
  vision->num_hidden_layers = layers;
}

void SetLanguage(LanguageConfig* language, int width, int heads, int kv_heads, int mlp_width, int layers) {
  language->hidden_size = width;
  language->num_attention_heads = heads;
  language->num_key_value_heads = kv_heads;
  language->intermediate_size = mlp_width;
  language->num_hidden_layers = layers;
}

/// The 300M form of InternViT: LayerNorm, biases, no norm of queries and keys.
ModelConfig WithSmallVision() {
  ModelConfig config = Common();
  config.vision.norm_type = NormType::kLayerNorm;
  config.vision.qk_normalization = false;
  config.vision.qkv_bias = true;
  return config;
}

}  // namespace

ModelConfig SyntheticSizes(std::string_view name) {
  if (name == "mini-2b") {
    ModelConfig config = WithSmallVision();
    SetVision(&config.vision, 1024, 16, 4096, 24);
    SetLanguage(&config.language, 2048, 16, 8, 8192, 24);
    return config;
  }
  if (name == "small") {
    ModelConfig config = WithSmallVision();
    SetVision(&config.vision, 384, 6, 1536, 6);
    SetLanguage(&config.language, 384, 6, 3, 1536, 6);
    return config;
  }
  if (name == "26b-slice") {
    ModelConfig config = Common();
    SetVision(&config.vision, 3200, 25, 12800, 2);
    SetLanguage(&config.language, 6144, 48, 8, 16384, 2);
    config.language.rope.factor = 3;
    return config;
  }
  throw UsageError(fmt::format("size \"{}\": expected {}", name, fmt::join(kSyntheticSizes, ", ")));
}

}  // namespace tessera
