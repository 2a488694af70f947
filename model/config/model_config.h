// A checkpoint's config.json as structs. A new size is a new config.json, no code.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

enum class NormType { kRmsNorm, kLayerNorm };
enum class PixelShuffleVersion { kV1, kV2 };
enum class LanguageArchitecture { kInternLm2, kPhi3 };
enum class RopeScaling {
  kNone,
  kLinear,      ///< positions divided by the factor
  kDynamicNtk,  ///< base enlarged once a key is past max_position_embeddings
  kLongRope,    ///< Phi-3 "su"/"longrope": short and long factor lists
};

/// `vision_config`: InternViT.
struct VisionConfig {
  int hidden_size = 0;
  int num_attention_heads = 0;
  int intermediate_size = 0;
  int num_hidden_layers = 0;
  int image_size = 0;
  int patch_size = 0;
  int num_channels = 3;
  NormType norm_type = NormType::kRmsNorm;
  double layer_norm_eps = 1e-6;
  bool qk_normalization = true;
  bool qkv_bias = false;
};

struct RopeConfig {
  double theta = 10000;
  RopeScaling scaling = RopeScaling::kNone;
  double factor = 1;                 // linear, dynamic NTK
  std::vector<double> short_factor;  // long-rope: head_dim / 2 numbers each
  std::vector<double> long_factor;
  int original_max_position_embeddings = 0;  // long-rope
};

/// `llm_config`: InternLM2 or Phi-3.
struct LanguageConfig {
  LanguageArchitecture architecture = LanguageArchitecture::kInternLm2;
  int hidden_size = 0;
  int num_hidden_layers = 0;
  int num_attention_heads = 0;
  int num_key_value_heads = 0;
  int intermediate_size = 0;
  int vocab_size = 0;
  int max_position_embeddings = 0;
  double rms_norm_eps = 1e-5;
  RopeConfig rope;
};

/// The whole `config.json` of an InternVL-Chat checkpoint.
struct ModelConfig {
  VisionConfig vision;
  LanguageConfig language;
  int select_layer = -1;
  double downsample_ratio = 0.5;
  PixelShuffleVersion pixel_shuffle = PixelShuffleVersion::kV1;
  int force_image_size = 0;  // 0: vision.image_size
  bool dynamic_image_size = false;
  bool use_thumbnail = false;
  int min_dynamic_patch = 1;
  int max_dynamic_patch = 6;
  std::string chat_template;   // "internlm2-chat", "phi3-chat"
  std::string system_message;  // the checkpoint's own, empty when it names none
  std::string torch_dtype;     // "bfloat16", "float32", "float16": how the weights are stored
};

/// Reads and checks `checkpoint_folder/config.json`. Throws kInput with the JSON path of what is missing, of the wrong
/// type, out of range, or asks for something this model code does not do.
ModelConfig LoadModelConfig(const std::filesystem::path& checkpoint_folder);

int TileSize(const ModelConfig& config);       ///< side of a tile in pixels: 448
int TokensPerTile(const ModelConfig& config);  ///< language tokens per tile: 256
int HeadDim(const VisionConfig& config);
int HeadDim(const LanguageConfig& config);

/// A tensor that the checkpoint must hold.
struct TensorSpec {
  std::string name;
  std::vector<std::int64_t> shape;
};

/// Every tensor of the checkpoint, with its shape, in the order of the forward pass. Source: SPEC section 6.
std::vector<TensorSpec> ExpectedTensors(const ModelConfig& config);

}  // namespace tessera
