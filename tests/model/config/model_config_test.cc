#include "model/config/model_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/json_fields.h"
#include "tests/model/input_error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using ::testing::HasSubstr;

Json GoldenConfig(const std::string& model) { return ReadJsonFile(GoldenModelFolder() / model / "config.json"); }

ModelConfig Load(const Json& json) {
  const TempFolder folder;
  folder.Write("config.json", json.dump());
  return LoadModelConfig(folder.path());
}

TEST(ModelConfig, ReadsThe26bStyle) {
  const ModelConfig config = LoadModelConfig(GoldenModelFolder() / "tiny-internvl-26b-style");
  EXPECT_EQ(config.vision.hidden_size, 96);
  EXPECT_EQ(config.vision.num_attention_heads, 3);
  EXPECT_EQ(config.vision.intermediate_size, 384);
  EXPECT_EQ(config.vision.num_hidden_layers, 3);
  EXPECT_EQ(config.vision.image_size, 448);
  EXPECT_EQ(config.vision.patch_size, 14);
  EXPECT_EQ(config.vision.norm_type, NormType::kRmsNorm);
  EXPECT_EQ(config.vision.layer_norm_eps, 1e-6);
  EXPECT_TRUE(config.vision.qk_normalization);
  EXPECT_FALSE(config.vision.qkv_bias);
  EXPECT_EQ(config.language.architecture, LanguageArchitecture::kInternLm2);
  EXPECT_EQ(config.language.hidden_size, 256);
  EXPECT_EQ(config.language.num_hidden_layers, 2);
  EXPECT_EQ(config.language.num_attention_heads, 8);
  EXPECT_EQ(config.language.num_key_value_heads, 2);
  EXPECT_EQ(config.language.intermediate_size, 384);
  EXPECT_EQ(config.language.vocab_size, 670);
  EXPECT_EQ(config.language.max_position_embeddings, 32768);
  EXPECT_EQ(config.language.rms_norm_eps, 1e-5);
  EXPECT_EQ(config.language.rope.scaling, RopeScaling::kDynamicNtk);
  EXPECT_EQ(config.language.rope.theta, 1e6);
  EXPECT_EQ(config.language.rope.factor, 3);
  EXPECT_EQ(config.select_layer, -1);
  EXPECT_EQ(config.downsample_ratio, 0.5);
  EXPECT_EQ(config.pixel_shuffle, PixelShuffleVersion::kV2);
  EXPECT_TRUE(config.dynamic_image_size);
  EXPECT_TRUE(config.use_thumbnail);
  EXPECT_EQ(config.min_dynamic_patch, 1);
  EXPECT_EQ(config.max_dynamic_patch, 12);
  EXPECT_EQ(config.chat_template, "internlm2-chat");
  EXPECT_EQ(config.system_message, "");
  EXPECT_EQ(config.torch_dtype, "bfloat16");
  EXPECT_EQ(TileSize(config), 448);
  EXPECT_EQ(TokensPerTile(config), 256);
  EXPECT_EQ(HeadDim(config.vision), 32);
  EXPECT_EQ(HeadDim(config.language), 32);
}

TEST(ModelConfig, ReadsThe2bStyle) {
  const ModelConfig config = LoadModelConfig(GoldenModelFolder() / "tiny-internvl-2b-style");
  EXPECT_EQ(config.vision.norm_type, NormType::kLayerNorm);
  EXPECT_FALSE(config.vision.qk_normalization);
  EXPECT_TRUE(config.vision.qkv_bias);
  EXPECT_EQ(config.language.num_key_value_heads, 3);
  EXPECT_EQ(config.language.rope.factor, 2);
  EXPECT_EQ(TileSize(config), 224);
  EXPECT_EQ(TokensPerTile(config), 64);
}

TEST(ModelConfig, ReadsThe4bStyle) {
  const ModelConfig config = LoadModelConfig(GoldenModelFolder() / "tiny-internvl-4b-style");
  EXPECT_EQ(config.language.architecture, LanguageArchitecture::kPhi3);
  EXPECT_EQ(config.language.rope.scaling, RopeScaling::kLongRope);
  EXPECT_EQ(config.language.rope.original_max_position_embeddings, 256);
  EXPECT_EQ(config.language.rope.short_factor.size(), 48u);
  EXPECT_EQ(config.language.rope.short_factor.front(), 1.05);
  EXPECT_EQ(config.language.rope.long_factor.back(), 64.81001281738281);
  EXPECT_EQ(config.chat_template, "phi3-chat");
  EXPECT_EQ(config.torch_dtype, "float32");
  EXPECT_EQ(TokensPerTile(config), 16);
}

TEST(ModelConfig, MissingKeysGetTheDefaultsOfTheReference) {
  Json json = GoldenConfig("tiny-internvl-26b-style");
  for (const char* key : {"select_layer", "downsample_ratio", "ps_version", "use_thumbnail", "dynamic_image_size",
                          "min_dynamic_patch", "max_dynamic_patch", "pad2square", "force_image_size"}) {
    json.erase(key);
  }
  json["vision_config"]["image_size"] = 224;
  json["llm_config"].erase("num_key_value_heads");
  json["llm_config"]["rope_scaling"] = nullptr;
  const ModelConfig config = Load(json);
  EXPECT_EQ(config.select_layer, -1);
  EXPECT_EQ(config.downsample_ratio, 0.5);
  EXPECT_EQ(config.pixel_shuffle, PixelShuffleVersion::kV1);
  EXPECT_FALSE(config.use_thumbnail);
  EXPECT_FALSE(config.dynamic_image_size);
  EXPECT_EQ(config.min_dynamic_patch, 1);
  EXPECT_EQ(config.max_dynamic_patch, 6);
  EXPECT_EQ(TileSize(config), 224);
  EXPECT_EQ(config.language.num_key_value_heads, 8);
  EXPECT_EQ(config.language.rope.scaling, RopeScaling::kNone);
}

TEST(ModelConfig, ReadsLinearRopeTheOtherNameOfLongRopeAndASystemMessage) {
  Json json = GoldenConfig("tiny-internvl-26b-style");
  json["llm_config"]["rope_scaling"] = {{"type", "linear"}, {"factor", 4}};
  json["system_message"] = "Be brief.";
  const ModelConfig config = Load(json);
  EXPECT_EQ(config.language.rope.scaling, RopeScaling::kLinear);
  EXPECT_EQ(config.language.rope.factor, 4);
  EXPECT_EQ(config.system_message, "Be brief.");

  Json phi3 = GoldenConfig("tiny-internvl-4b-style");
  phi3["llm_config"]["rope_scaling"]["type"] = "longrope";
  EXPECT_EQ(Load(phi3).language.rope.scaling, RopeScaling::kLongRope);
}

TEST(ModelConfig, TheOldestAndTheNewestHiddenStateMayBeSelected) {
  Json json = GoldenConfig("tiny-internvl-26b-style");  // 3 layers: hidden states 0 to 3
  for (const int layer : {-4, 3}) {
    json["select_layer"] = layer;
    EXPECT_EQ(Load(json).select_layer, layer);
  }
}

struct WrongValue {
  const char* model;    // whose config.json is changed
  const char* pointer;  // JSON pointer of the changed field
  const char* value;    // JSON text; "" removes the field
  const char* message;  // part of the expected message
};

class ModelConfigWrongValue : public ::testing::TestWithParam<WrongValue> {};

TEST_P(ModelConfigWrongValue, IsRefusedWithItsPath) {
  const WrongValue& wrong = GetParam();
  Json json = GoldenConfig(wrong.model);
  const Json::json_pointer pointer(wrong.pointer);
  if (std::string(wrong.value).empty()) {
    json[pointer.parent_pointer()].erase(pointer.back());
  } else {
    json[pointer] = Json::parse(wrong.value);
  }
  EXPECT_THAT(InputErrorOf([&] { Load(json); }), HasSubstr(wrong.message));
}

constexpr const char* k26b = "tiny-internvl-26b-style";
constexpr const char* k4b = "tiny-internvl-4b-style";

INSTANTIATE_TEST_SUITE_P(
    All, ModelConfigWrongValue,
    ::testing::Values(
        WrongValue{k26b, "/vision_config", "", "config.json: vision_config: expected an object, found nothing"},
        WrongValue{k26b, "/vision_config", "[]", "vision_config: expected an object"},
        WrongValue{k26b, "/vision_config/hidden_size", "", "vision_config.hidden_size: expected an integer"},
        WrongValue{k26b, "/vision_config/hidden_size", "\"96\"", "vision_config.hidden_size: expected an integer"},
        WrongValue{k26b, "/vision_config/hidden_size", "96.5", "vision_config.hidden_size: expected an integer"},
        WrongValue{k26b, "/vision_config/hidden_size", "0", "vision_config.hidden_size: expected 1 to 65536, found 0"},
        WrongValue{k26b, "/vision_config/hidden_size", "18446744073709551615", "vision_config.hidden_size"},
        WrongValue{k26b, "/vision_config/num_attention_heads", "5", "5 heads do not divide hidden_size 96"},
        WrongValue{k26b, "/vision_config/num_attention_heads", "-3", "vision_config.num_attention_heads: expected 1"},
        WrongValue{k26b, "/vision_config/num_hidden_layers", "1001", "vision_config.num_hidden_layers"},
        WrongValue{k26b, "/vision_config/intermediate_size", "1e3", "vision_config.intermediate_size"},
        WrongValue{k26b, "/vision_config/image_size", "450", "vision_config.image_size: 450 is no multiple of"},
        WrongValue{k26b, "/vision_config/image_size", "44800", "vision_config.image_size: expected 1 to 4096"},
        WrongValue{k26b, "/vision_config/patch_size", "0", "vision_config.patch_size"},
        WrongValue{k26b, "/vision_config/num_channels", "4", "vision_config.num_channels: expected 3 to 3, found 4"},
        WrongValue{k26b, "/vision_config/norm_type", "\"batch_norm\"", "vision_config.norm_type: expected rms_norm or"},
        WrongValue{k26b, "/vision_config/hidden_act", "\"gelu_tanh\"", "vision_config.hidden_act: expected gelu"},
        WrongValue{k26b, "/vision_config/layer_norm_eps", "-1e-6", "vision_config.layer_norm_eps: expected a positive"},
        WrongValue{k26b, "/vision_config/qkv_bias", "1", "vision_config.qkv_bias: expected true or false"},
        WrongValue{k26b, "/vision_config/quantization_config", "{}", "vision_config.quantization_config: quantised"},
        WrongValue{k26b, "/llm_config", "null", "llm_config: expected an object, found null"},
        WrongValue{k26b, "/llm_config/architectures", "[]", "llm_config.architectures: expected"},
        WrongValue{k26b, "/llm_config/architectures", "[\"LlamaForCausalLM\"]",
                   "llm_config.architectures[0]: expected InternLM2ForCausalLM or Phi3ForCausalLM, found the string "
                   "\"LlamaForCausalLM\""},
        WrongValue{k26b, "/llm_config/num_attention_heads", "7", "7 heads do not divide hidden_size 256"},
        WrongValue{k26b, "/llm_config/num_attention_heads", "256", "an even head dimension of at least 4, found 1"},
        WrongValue{k26b, "/llm_config/num_key_value_heads", "3", "3 do not divide num_attention_heads 8"},
        WrongValue{k26b, "/llm_config/num_key_value_heads", "0", "llm_config.num_key_value_heads: expected 1"},
        WrongValue{k26b, "/llm_config/vocab_size", "4194305", "llm_config.vocab_size: expected 1 to 4194304"},
        WrongValue{k26b, "/llm_config/max_position_embeddings", "-1", "llm_config.max_position_embeddings"},
        WrongValue{k26b, "/llm_config/rms_norm_eps", "", "llm_config.rms_norm_eps: expected a number"},
        WrongValue{k26b, "/llm_config/rope_theta", "0", "llm_config.rope_theta: expected a positive number"},
        WrongValue{k26b, "/llm_config/hidden_act", "\"relu\"", "llm_config.hidden_act: expected silu"},
        WrongValue{k26b, "/llm_config/bias", "true", "llm_config.bias: true is not supported"},
        WrongValue{k26b, "/llm_config/tie_word_embeddings", "true", "llm_config.tie_word_embeddings: true is not"},
        WrongValue{k26b, "/llm_config/quantization_config", "{\"bits\": 4}", "llm_config.quantization_config"},
        WrongValue{k26b, "/llm_config/rope_scaling", "\"dynamic\"", "llm_config.rope_scaling: expected an object"},
        WrongValue{k26b, "/llm_config/rope_scaling/type", "\"su\"", "llm_config.rope_scaling.type: expected linear or"},
        WrongValue{k26b, "/llm_config/rope_scaling/type", "", "llm_config.rope_scaling.rope_type: expected a string"},
        WrongValue{k26b, "/llm_config/rope_scaling/factor", "0.5", "llm_config.rope_scaling.factor: expected at least"},
        WrongValue{k26b, "/llm_config/rope_scaling/factor", "", "llm_config.rope_scaling.factor: expected a number"},
        WrongValue{k4b, "/llm_config/rope_scaling/type", "\"yarn\"", "llm_config.rope_scaling.type: expected su or"},
        WrongValue{k4b, "/llm_config/rope_scaling/short_factor", "[1, 2]",
                   "expected 48 numbers (head_dim / 2), found 2"},
        WrongValue{k4b, "/llm_config/rope_scaling/long_factor/5", "0", "rope_scaling.long_factor: expected a positive"},
        WrongValue{k4b, "/llm_config/rope_scaling/long_factor/5", "\"1\"",
                   "rope_scaling.long_factor: expected numbers"},
        WrongValue{k4b, "/llm_config/rope_scaling/long_factor", "", "rope_scaling.long_factor: expected an array"},
        WrongValue{k4b, "/llm_config/original_max_position_embeddings", "1", "llm_config.original_max_position"},
        WrongValue{k4b, "/llm_config/sliding_window", "100", "llm_config.sliding_window: 100 is below"},
        WrongValue{k26b, "/model_type", "\"llava\"", "config.json: model_type: expected internvl_chat"},
        WrongValue{k26b, "/quantization_config", "{}", "quantization_config: quantised checkpoints are not supported"},
        WrongValue{k26b, "/pad2square", "true", "pad2square: true is not supported"},
        WrongValue{k26b, "/use_llm_lora", "16", "use_llm_lora: expected 0 to 0, found 16"},
        WrongValue{k26b, "/use_backbone_lora", "16", "use_backbone_lora: expected 0 to 0"},
        WrongValue{k26b, "/select_layer", "-5", "select_layer: expected -4 to 3, found -5"},
        WrongValue{k26b, "/select_layer", "4", "select_layer: expected -4 to 3, found 4"},
        WrongValue{k26b, "/downsample_ratio", "0.3", "downsample_ratio: expected 1 / k"},
        WrongValue{k26b, "/downsample_ratio", "0", "downsample_ratio: expected 1 / k"},
        WrongValue{k26b, "/downsample_ratio", "1e-300", "downsample_ratio: expected 1 / k"},
        WrongValue{k26b, "/downsample_ratio", "2", "downsample_ratio: expected 1 / k"},
        WrongValue{k26b, "/downsample_ratio", "0.2", "a divisor of the 32 patches of a row, found 0.2"},
        WrongValue{k26b, "/ps_version", "\"v3\"", "ps_version: expected v1 or v2"},
        WrongValue{k26b, "/force_image_size", "449", "force_image_size: 449 is no multiple of patch_size 14"},
        WrongValue{k26b, "/force_image_size", "0", "force_image_size: expected 1"},
        WrongValue{k26b, "/min_dynamic_patch", "0", "min_dynamic_patch: expected 1"},
        WrongValue{k26b, "/max_dynamic_patch", "0", "max_dynamic_patch: expected 1 to 1024, found 0"},
        WrongValue{k26b, "/template", "", "config.json: template: expected a string, found nothing"},
        WrongValue{k26b, "/template", "\"Hermes-2\"", "template: expected internlm2-chat or phi3-chat"},
        WrongValue{k26b, "/system_message", "5", "system_message: expected a string"},
        WrongValue{k26b, "/torch_dtype", "\"int8\"", "torch_dtype: expected bfloat16 or float32 or float16"}));

TEST(ModelConfig, AFileThatIsMissingOrNoJsonIsRefused) {
  const TempFolder folder;
  EXPECT_THAT(InputErrorOf([&] { LoadModelConfig(folder.path()); }), HasSubstr("config.json"));
  for (const char* content : {"", "{", "[]", "nul", "{\"a\": \"\xFF\"}"}) {
    folder.Write("config.json", content);
    EXPECT_THAT(InputErrorOf([&] { LoadModelConfig(folder.path()); }), HasSubstr("config.json")) << content;
  }
}

}  // namespace
}  // namespace tessera
