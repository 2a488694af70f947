// The tensors of a checkpoint. D width, H heads, K key/value heads, d head dimension, I MLP width, V vocabulary.
// Linear weights are [out, in].
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "model/config/model_config.h"

namespace tessera {
namespace {

using Tensors = std::vector<TensorSpec>;

void Add(Tensors& tensors, std::string name, std::vector<std::int64_t> shape) {
  tensors.push_back({std::move(name), std::move(shape)});
}

/// `prefix`.weight [out, in] and `prefix`.bias [out].
void AddLinear(Tensors& tensors, const std::string& prefix, std::int64_t out, std::int64_t in) {
  Add(tensors, prefix + ".weight", {out, in});
  Add(tensors, prefix + ".bias", {out});
}

void AddVisionLayer(Tensors& tensors, const std::string& layer, const VisionConfig& vision) {
  const std::int64_t D = vision.hidden_size;
  const std::int64_t I = vision.intermediate_size;
  const auto add_norm = [&](const std::string& name) {
    Add(tensors, layer + name + ".weight", {D});
    if (vision.norm_type == NormType::kLayerNorm) Add(tensors, layer + name + ".bias", {D});
  };
  add_norm("norm1");
  Add(tensors, layer + "attn.qkv.weight", {3 * D, D});
  if (vision.qkv_bias) Add(tensors, layer + "attn.qkv.bias", {3 * D});
  if (vision.qk_normalization) {
    Add(tensors, layer + "attn.q_norm.weight", {D});
    Add(tensors, layer + "attn.k_norm.weight", {D});
  }
  AddLinear(tensors, layer + "attn.proj", D, D);
  Add(tensors, layer + "ls1", {D});
  add_norm("norm2");
  AddLinear(tensors, layer + "mlp.fc1", I, D);
  AddLinear(tensors, layer + "mlp.fc2", D, I);
  Add(tensors, layer + "ls2", {D});
}

void AddVision(Tensors& tensors, const VisionConfig& vision) {
  const std::int64_t D = vision.hidden_size;
  const std::int64_t grid = vision.image_size / vision.patch_size;
  const std::string embeddings = "vision_model.embeddings.";
  Add(tensors, embeddings + "patch_embedding.weight", {D, vision.num_channels, vision.patch_size, vision.patch_size});
  Add(tensors, embeddings + "patch_embedding.bias", {D});
  Add(tensors, embeddings + "class_embedding", {1, 1, D});
  Add(tensors, embeddings + "position_embedding", {1, grid * grid + 1, D});
  for (int i = 0; i < vision.num_hidden_layers; ++i) {
    AddVisionLayer(tensors, fmt::format("vision_model.encoder.layers.{}.", i), vision);
  }
}

void AddProjector(Tensors& tensors, const ModelConfig& config) {
  const std::int64_t side = std::lround(1 / config.downsample_ratio);
  const std::int64_t in = config.vision.hidden_size * side * side;
  const std::int64_t out = config.language.hidden_size;
  Add(tensors, "mlp1.0.weight", {in});
  Add(tensors, "mlp1.0.bias", {in});
  AddLinear(tensors, "mlp1.1", out, in);
  AddLinear(tensors, "mlp1.3", out, out);
}

void AddInternLm2(Tensors& tensors, const LanguageConfig& language) {
  const std::int64_t D = language.hidden_size;
  const std::int64_t I = language.intermediate_size;
  const std::int64_t heads = language.num_attention_heads + 2 * language.num_key_value_heads;
  const std::string model = "language_model.model.";
  Add(tensors, model + "tok_embeddings.weight", {language.vocab_size, D});
  for (int i = 0; i < language.num_hidden_layers; ++i) {
    const std::string layer = fmt::format("{}layers.{}.", model, i);
    Add(tensors, layer + "attention_norm.weight", {D});
    Add(tensors, layer + "attention.wqkv.weight", {heads * HeadDim(language), D});
    Add(tensors, layer + "attention.wo.weight", {D, D});
    Add(tensors, layer + "ffn_norm.weight", {D});
    Add(tensors, layer + "feed_forward.w1.weight", {I, D});
    Add(tensors, layer + "feed_forward.w3.weight", {I, D});
    Add(tensors, layer + "feed_forward.w2.weight", {D, I});
  }
  Add(tensors, model + "norm.weight", {D});
  Add(tensors, "language_model.output.weight", {language.vocab_size, D});
}

void AddPhi3(Tensors& tensors, const LanguageConfig& language) {
  const std::int64_t D = language.hidden_size;
  const std::int64_t I = language.intermediate_size;
  const std::int64_t heads = language.num_attention_heads + 2 * language.num_key_value_heads;
  const std::string model = "language_model.model.";
  Add(tensors, model + "embed_tokens.weight", {language.vocab_size, D});
  for (int i = 0; i < language.num_hidden_layers; ++i) {
    const std::string layer = fmt::format("{}layers.{}.", model, i);
    Add(tensors, layer + "input_layernorm.weight", {D});
    Add(tensors, layer + "self_attn.qkv_proj.weight", {heads * HeadDim(language), D});
    Add(tensors, layer + "self_attn.o_proj.weight", {D, D});
    Add(tensors, layer + "post_attention_layernorm.weight", {D});
    Add(tensors, layer + "mlp.gate_up_proj.weight", {2 * I, D});
    Add(tensors, layer + "mlp.down_proj.weight", {D, I});
  }
  Add(tensors, model + "norm.weight", {D});
  Add(tensors, "language_model.lm_head.weight", {language.vocab_size, D});
}

}  // namespace

std::vector<TensorSpec> ExpectedTensors(const ModelConfig& config) {
  Tensors tensors;
  AddVision(tensors, config.vision);
  AddProjector(tensors, config);
  if (config.language.architecture == LanguageArchitecture::kPhi3) {
    AddPhi3(tensors, config.language);
  } else {
    AddInternLm2(tensors, config.language);
  }
  return tensors;
}

}  // namespace tessera
