#include "model/config/model_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <initializer_list>

#include "harness/base/error.h"
#include "harness/base/json_fields.h"

namespace tessera {
namespace {

// Far above every published size, and small enough that no product of sizes overflows 64 bits.
constexpr std::int64_t kMaxHidden = 1 << 16;
constexpr std::int64_t kMaxIntermediate = 1 << 20;
constexpr std::int64_t kMaxLayers = 1000;
constexpr std::int64_t kMaxVocabulary = 1 << 22;
constexpr std::int64_t kMaxImageSide = 4096;
constexpr std::int64_t kMaxPositions = 1 << 26;
constexpr std::int64_t kMaxTiles = 1024;

int CheckRange(const JsonFields& fields, std::string_view key, std::int64_t value, std::int64_t low,
               std::int64_t high) {
  if (value < low || value > high) fields.Fail(key, fmt::format("expected {} to {}, found {}", low, high, value));
  return static_cast<int>(value);
}

int IntIn(const JsonFields& fields, std::string_view key, std::int64_t low, std::int64_t high) {
  return CheckRange(fields, key, fields.Int(key), low, high);
}

int IntInOr(const JsonFields& fields, std::string_view key, std::int64_t low, std::int64_t high, int fallback) {
  return CheckRange(fields, key, fields.IntOr(key, fallback), low, high);
}

double CheckPositive(const JsonFields& fields, std::string_view key, double value) {
  if (!std::isfinite(value) || value <= 0) fields.Fail(key, fmt::format("expected a positive number, found {}", value));
  return value;
}

/// Fails unless `value` is one of `allowed`: anything else would be computed differently from the reference.
void CheckOneOf(const JsonFields& fields, std::string_view key, std::string_view value,
                std::initializer_list<std::string_view> allowed) {
  for (const std::string_view name : allowed) {
    if (value == name) return;
  }
  fields.Fail(key,
              fmt::format("expected {}, found {}", fmt::join(allowed, " or "), Describe(Json(std::string(value)))));
}

void CheckFalse(const JsonFields& fields, std::string_view key) {
  if (fields.BoolOr(key, false)) fields.Fail(key, "true is not supported");
}

void CheckNotQuantised(const JsonFields& fields) {
  if (fields.Has("quantization_config")) fields.Fail("quantization_config", "quantised checkpoints are not supported");
}

void CheckHeads(const JsonFields& fields, int hidden_size, int heads) {
  if (hidden_size % heads == 0) return;
  fields.Fail("num_attention_heads", fmt::format("{} heads do not divide hidden_size {}", heads, hidden_size));
}

VisionConfig ReadVision(const JsonFields& fields) {
  CheckNotQuantised(fields);
  CheckOneOf(fields, "hidden_act", fields.StringOr("hidden_act", "gelu"), {"gelu"});
  const std::string norm = fields.StringOr("norm_type", "rms_norm");
  CheckOneOf(fields, "norm_type", norm, {"rms_norm", "layer_norm"});

  VisionConfig vision;
  vision.hidden_size = IntIn(fields, "hidden_size", 1, kMaxHidden);
  vision.num_attention_heads = IntIn(fields, "num_attention_heads", 1, kMaxHidden);
  vision.intermediate_size = IntIn(fields, "intermediate_size", 1, kMaxIntermediate);
  vision.num_hidden_layers = IntIn(fields, "num_hidden_layers", 1, kMaxLayers);
  vision.image_size = IntIn(fields, "image_size", 1, kMaxImageSide);
  vision.patch_size = IntIn(fields, "patch_size", 1, kMaxImageSide);
  vision.num_channels = IntInOr(fields, "num_channels", 3, 3, 3);
  vision.norm_type = norm == "rms_norm" ? NormType::kRmsNorm : NormType::kLayerNorm;
  vision.layer_norm_eps = CheckPositive(fields, "layer_norm_eps", fields.NumberOr("layer_norm_eps", 1e-6));
  vision.qk_normalization = fields.BoolOr("qk_normalization", true);
  vision.qkv_bias = fields.BoolOr("qkv_bias", false);
  CheckHeads(fields, vision.hidden_size, vision.num_attention_heads);
  if (vision.image_size % vision.patch_size != 0) {
    fields.Fail("image_size", fmt::format("{} is no multiple of patch_size {}", vision.image_size, vision.patch_size));
  }
  return vision;
}

std::vector<double> ReadFactors(const JsonFields& scaling, std::string_view key, int count) {
  const Json& array = scaling.Array(key);
  if (array.size() != static_cast<std::size_t>(count)) {
    scaling.Fail(key, fmt::format("expected {} numbers (head_dim / 2), found {}", count, array.size()));
  }
  std::vector<double> factors;
  for (const Json& value : array) {
    if (!value.is_number()) scaling.Fail(key, "expected numbers, found " + Describe(value));
    factors.push_back(CheckPositive(scaling, key, value.get<double>()));
  }
  return factors;
}

RopeConfig ReadRope(const JsonFields& fields, const LanguageConfig& language) {
  RopeConfig rope;
  rope.theta = CheckPositive(fields, "rope_theta", fields.NumberOr("rope_theta", rope.theta));
  if (!fields.Has("rope_scaling")) return rope;

  const JsonFields scaling = fields.Object("rope_scaling");
  const std::string type = scaling.String(scaling.Has("type") ? "type" : "rope_type");
  if (language.architecture == LanguageArchitecture::kPhi3) {
    CheckOneOf(scaling, "type", type, {"su", "longrope"});
    rope.scaling = RopeScaling::kLongRope;
    rope.short_factor = ReadFactors(scaling, "short_factor", HeadDim(language) / 2);
    rope.long_factor = ReadFactors(scaling, "long_factor", HeadDim(language) / 2);
    rope.original_max_position_embeddings = IntIn(fields, "original_max_position_embeddings", 2, kMaxPositions);
    return rope;
  }
  CheckOneOf(scaling, "type", type, {"linear", "dynamic"});
  rope.scaling = type == "linear" ? RopeScaling::kLinear : RopeScaling::kDynamicNtk;
  rope.factor = scaling.Number("factor");
  if (!std::isfinite(rope.factor) || rope.factor < 1) {
    scaling.Fail("factor", fmt::format("expected at least 1, found {}", rope.factor));
  }
  return rope;
}

LanguageArchitecture ReadArchitecture(const JsonFields& fields) {
  const Json& names = fields.Array("architectures");
  if (names.empty() || !names[0].is_string()) fields.Fail("architectures", "expected the name of a model class first");
  const std::string name = names[0].get<std::string>();
  CheckOneOf(fields, "architectures[0]", name, {"InternLM2ForCausalLM", "Phi3ForCausalLM"});
  return name == "Phi3ForCausalLM" ? LanguageArchitecture::kPhi3 : LanguageArchitecture::kInternLm2;
}

LanguageConfig ReadLanguage(const JsonFields& fields) {
  CheckNotQuantised(fields);
  CheckFalse(fields, "bias");
  CheckFalse(fields, "tie_word_embeddings");
  CheckOneOf(fields, "hidden_act", fields.StringOr("hidden_act", "silu"), {"silu"});

  LanguageConfig language;
  language.architecture = ReadArchitecture(fields);
  language.hidden_size = IntIn(fields, "hidden_size", 1, kMaxHidden);
  language.num_hidden_layers = IntIn(fields, "num_hidden_layers", 1, kMaxLayers);
  language.num_attention_heads = IntIn(fields, "num_attention_heads", 1, kMaxHidden);
  language.num_key_value_heads = IntInOr(fields, "num_key_value_heads", 1, kMaxHidden, language.num_attention_heads);
  language.intermediate_size = IntIn(fields, "intermediate_size", 1, kMaxIntermediate);
  language.vocab_size = IntIn(fields, "vocab_size", 1, kMaxVocabulary);
  language.max_position_embeddings = IntIn(fields, "max_position_embeddings", 1, kMaxPositions);
  language.rms_norm_eps = CheckPositive(fields, "rms_norm_eps", fields.Number("rms_norm_eps"));
  CheckHeads(fields, language.hidden_size, language.num_attention_heads);
  if (language.num_attention_heads % language.num_key_value_heads != 0) {
    fields.Fail("num_key_value_heads", fmt::format("{} do not divide num_attention_heads {}",
                                                   language.num_key_value_heads, language.num_attention_heads));
  }
  if (HeadDim(language) % 2 != 0 || HeadDim(language) < 4) {
    fields.Fail("num_attention_heads",
                fmt::format("expected an even head dimension of at least 4, found {}", HeadDim(language)));
  }
  // The window is beyond the last position in every published file, so it is not computed.
  if (fields.Has("sliding_window") && fields.Int("sliding_window") < language.max_position_embeddings) {
    fields.Fail("sliding_window", fmt::format("{} is below max_position_embeddings {}, which is not supported",
                                              fields.Int("sliding_window"), language.max_position_embeddings));
  }
  language.rope = ReadRope(fields, language);
  return language;
}

/// How many patches of a row one language token takes: the whole number 1 / downsample_ratio.
int ShuffleSide(const ModelConfig& config) { return static_cast<int>(std::lround(1 / config.downsample_ratio)); }

void CheckTileGeometry(const JsonFields& fields, const ModelConfig& config) {
  const int patch = config.vision.patch_size;
  if (TileSize(config) % patch != 0) {
    fields.Fail("force_image_size", fmt::format("{} is no multiple of patch_size {}", TileSize(config), patch));
  }
  const double ratio = config.downsample_ratio;
  const int grid = TileSize(config) / patch;
  const bool whole = std::isfinite(ratio) && ratio >= 1.0 / kMaxImageSide && ratio <= 1 &&
                     ShuffleSide(config) * ratio == 1 && grid % ShuffleSide(config) == 0;
  if (!whole) {
    fields.Fail("downsample_ratio",
                fmt::format("expected 1 / k with k a divisor of the {} patches of a row, found {}", grid, ratio));
  }
}

}  // namespace

ModelConfig LoadModelConfig(const std::filesystem::path& checkpoint_folder) {
  const std::filesystem::path path = checkpoint_folder / "config.json";
  const Json json = ReadJsonFile(path);
  const JsonFields fields(json, path.string());
  CheckOneOf(fields, "model_type", fields.StringOr("model_type", "internvl_chat"), {"internvl_chat"});
  CheckNotQuantised(fields);
  CheckFalse(fields, "pad2square");
  IntInOr(fields, "use_backbone_lora", 0, 0, 0);  // LoRA weights would have to be merged first
  IntInOr(fields, "use_llm_lora", 0, 0, 0);

  ModelConfig config;
  config.vision = ReadVision(fields.Object("vision_config"));
  config.language = ReadLanguage(fields.Object("llm_config"));

  const int layers = config.vision.num_hidden_layers;  // hidden states: the embeddings, then one a layer
  config.select_layer = IntInOr(fields, "select_layer", -layers - 1, layers, -1);
  config.downsample_ratio = fields.NumberOr("downsample_ratio", 0.5);
  const std::string shuffle = fields.StringOr("ps_version", "v1");
  CheckOneOf(fields, "ps_version", shuffle, {"v1", "v2"});
  config.pixel_shuffle = shuffle == "v2" ? PixelShuffleVersion::kV2 : PixelShuffleVersion::kV1;
  if (fields.Has("force_image_size")) config.force_image_size = IntIn(fields, "force_image_size", 1, kMaxImageSide);
  config.dynamic_image_size = fields.BoolOr("dynamic_image_size", false);
  config.use_thumbnail = fields.BoolOr("use_thumbnail", false);
  config.min_dynamic_patch = IntInOr(fields, "min_dynamic_patch", 1, kMaxTiles, 1);
  config.max_dynamic_patch = IntInOr(fields, "max_dynamic_patch", config.min_dynamic_patch, kMaxTiles, 6);
  config.chat_template = fields.String("template");
  CheckOneOf(fields, "template", config.chat_template, {"internlm2-chat", "phi3-chat"});
  config.system_message = fields.StringOr("system_message", "");
  config.torch_dtype = fields.StringOr("torch_dtype", "float32");
  CheckOneOf(fields, "torch_dtype", config.torch_dtype, {"bfloat16", "float32", "float16"});
  CheckTileGeometry(fields, config);
  return config;
}

int TileSize(const ModelConfig& config) {
  return config.force_image_size > 0 ? config.force_image_size : config.vision.image_size;
}

int TokensPerTile(const ModelConfig& config) {
  const int side = TileSize(config) / config.vision.patch_size / ShuffleSide(config);
  return side * side;
}

int HeadDim(const VisionConfig& config) { return config.hidden_size / config.num_attention_heads; }

int HeadDim(const LanguageConfig& config) { return config.hidden_size / config.num_attention_heads; }

}  // namespace tessera
