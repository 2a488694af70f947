#include "model/config/config_json.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace tessera {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson VisionJson(const VisionConfig& vision, const std::string& type) {
  return {{"architectures", {"InternVisionModel"}},
          {"model_type", "intern_vit_6b"},
          {"hidden_size", vision.hidden_size},
          {"num_attention_heads", vision.num_attention_heads},
          {"intermediate_size", vision.intermediate_size},
          {"num_hidden_layers", vision.num_hidden_layers},
          {"image_size", vision.image_size},
          {"patch_size", vision.patch_size},
          {"num_channels", vision.num_channels},
          {"norm_type", vision.norm_type == NormType::kRmsNorm ? "rms_norm" : "layer_norm"},
          {"layer_norm_eps", vision.layer_norm_eps},
          {"hidden_act", "gelu"},
          {"qk_normalization", vision.qk_normalization},
          {"qkv_bias", vision.qkv_bias},
          {"torch_dtype", type}};
}

OrderedJson LanguageJson(const LanguageConfig& language, const std::string& type) {
  OrderedJson json = {{"architectures", {"InternLM2ForCausalLM"}},
                      {"model_type", "internlm2"},
                      {"hidden_size", language.hidden_size},
                      {"num_hidden_layers", language.num_hidden_layers},
                      {"num_attention_heads", language.num_attention_heads},
                      {"num_key_value_heads", language.num_key_value_heads},
                      {"intermediate_size", language.intermediate_size},
                      {"vocab_size", language.vocab_size},
                      {"max_position_embeddings", language.max_position_embeddings},
                      {"rms_norm_eps", language.rms_norm_eps},
                      {"rope_theta", language.rope.theta},
                      {"hidden_act", "silu"},
                      {"bias", false},
                      {"tie_word_embeddings", false},
                      {"torch_dtype", type}};
  if (language.rope.scaling != RopeScaling::kNone) {
    json["rope_scaling"] = {{"type", language.rope.scaling == RopeScaling::kLinear ? "linear" : "dynamic"},
                            {"factor", language.rope.factor}};
  }
  return json;
}

}  // namespace

std::string ConfigJson(const ModelConfig& config) {
  if (config.language.architecture != LanguageArchitecture::kInternLm2) {
    throw std::invalid_argument("config.json is written for InternLM2 only");
  }
  OrderedJson json = {{"architectures", {"InternVLChatModel"}},
                      {"model_type", "internvl_chat"},
                      {"template", config.chat_template},
                      {"downsample_ratio", config.downsample_ratio},
                      {"ps_version", config.pixel_shuffle == PixelShuffleVersion::kV2 ? "v2" : "v1"},
                      {"select_layer", config.select_layer}};
  if (config.force_image_size > 0) json["force_image_size"] = config.force_image_size;
  if (!config.system_message.empty()) json["system_message"] = config.system_message;
  json["dynamic_image_size"] = config.dynamic_image_size;
  json["use_thumbnail"] = config.use_thumbnail;
  json["min_dynamic_patch"] = config.min_dynamic_patch;
  json["max_dynamic_patch"] = config.max_dynamic_patch;
  json["torch_dtype"] = config.torch_dtype;
  json["vision_config"] = VisionJson(config.vision, config.torch_dtype);
  json["llm_config"] = LanguageJson(config.language, config.torch_dtype);
  return json.dump(2) + "\n";
}

}  // namespace tessera
