// Single modules with their own weights.
#include <ATen/ops/arange.h>
#include <ATen/ops/layer_norm.h>
#include <fmt/format.h>

#include <regex>

#include "model/kernels/linear.h"
#include "model/kernels/norm.h"
#include "model/language/decoder.h"
#include "model/language/rope.h"
#include "model/vision/intern_vit.h"
#include "model/vision/projector.h"
#include "tests/model/golden/golden_files.h"

namespace tessera::golden {
namespace {

const at::Device kOneLayer[] = {at::kCPU};  // where the layers of a decoder with one are

/// A language configuration of the given head sizes, for modules on their own.
LanguageConfig HeadConfig(int heads, int kv_heads, int head_dim, double theta) {
  LanguageConfig config;
  config.num_attention_heads = heads;
  config.num_key_value_heads = kv_heads;
  config.hidden_size = heads * head_dim;
  config.num_hidden_layers = 1;
  config.max_position_embeddings = 1 << 20;
  config.rope.theta = theta;
  return config;
}

void CheckPixelShuffle(const std::string& key, GoldenTensors& tensors, GoldenReport& report) {
  static const std::regex kPattern(R"(pixel_shuffle\.(v1|v2)\.(\d+)x(\d+)x(\d+)x(\d+))");
  std::smatch part;
  if (!std::regex_match(key, part, kPattern)) return report.Fail(key, "unknown pixel shuffle");
  const std::int64_t n = std::stoll(part[2]), rows = std::stoll(part[3]), columns = std::stoll(part[4]),
                     c = std::stoll(part[5]);
  const at::Tensor x = at::arange(n * rows * columns * c, at::kFloat).view({n, rows, columns, c});
  const auto version = part[1] == "v1" ? PixelShuffleVersion::kV1 : PixelShuffleVersion::kV2;
  report.Near(PixelShuffle(x, 0.5, version), tensors.Get(key + ".out"), kExact, key);
}

void CheckRmsNorm(GoldenTensors& tensors, GoldenReport& report) {
  const at::Tensor x = tensors.Get("rmsnorm.x");
  const at::Tensor w = tensors.Get("rmsnorm.w");
  for (const auto& [name, eps] : {std::pair{"eps1e-5", 1e-5}, std::pair{"eps1e-6", 1e-6}}) {
    report.Near(RmsNorm(x, w, eps), tensors.Get(fmt::format("rmsnorm.{}", name)), kUnit,
                fmt::format("rmsnorm.{}", name));
  }
  const at::Tensor half = RmsNorm(x.to(at::kBFloat16), w.to(at::kBFloat16), 1e-6);
  report.Near(half, tensors.Get("rmsnorm.bf16.eps1e-6"), kExact, "rmsnorm.bf16.eps1e-6");
}

void CheckDynamicRope(const std::string& key, GoldenTensors& tensors, GoldenReport& report) {
  static const std::regex kPattern(
      R"(rope\.dynamic\.dim(\d+)\.base(\d+)\.max(\d+)\.f([\d.]+?)(\.after(\d+))?\.seq(\d+))");
  std::smatch part;
  if (!std::regex_match(key, part, kPattern)) return report.Fail(key, "unknown dynamic rope");
  LanguageConfig config = HeadConfig(1, 1, std::stoi(part[1]), std::stod(part[2]));
  config.max_position_embeddings = std::stoi(part[3]);
  config.rope.scaling = RopeScaling::kDynamicNtk;
  config.rope.factor = std::stod(part[4]);
  Rope rope(config, at::kFloat, at::kCPU);
  if (part[6].matched) rope.Tables(0, std::stoll(part[6]));  // the longer call whose table stays
  const RopeTables tables = rope.Tables(0, std::stoll(part[7]));
  report.Near(tables.cos, tensors.Get(key + ".cos"), kNtkTable, key + ".cos");
  report.Near(tables.sin, tensors.Get(key + ".sin"), kNtkTable, key + ".sin");
}

void CheckBfloat16Rope(const std::string& key, GoldenTensors& tensors, GoldenReport& report) {
  static const std::regex kPattern(R"(rope\.bf16_table\.dim(\d+)\.base(\d+)\.seq(\d+))");
  std::smatch part;
  if (!std::regex_match(key, part, kPattern)) return report.Fail(key, "unknown bfloat16 rope");
  Rope rope(HeadConfig(1, 1, std::stoi(part[1]), std::stod(part[2])), at::kBFloat16, at::kCPU);
  const RopeTables tables = rope.Tables(0, std::stoll(part[3]));
  report.Near(tables.cos, tensors.Get(key + ".cos"), kExact, key + ".cos");
  report.Near(tables.sin, tensors.Get(key + ".sin"), kExact, key + ".sin");
}

/// The factor lists are those of the Phi-3 style checkpoint of the set.
std::optional<LanguageConfig> FindLongRopeConfig(const std::filesystem::path& root, int dim) {
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (!std::filesystem::exists(entry.path() / "config.json")) continue;
    LanguageConfig config = LoadModelConfig(entry.path()).language;
    if (config.rope.scaling == RopeScaling::kLongRope && HeadDim(config) == dim) return config;
  }
  return std::nullopt;
}

void CheckLongRope(const std::filesystem::path& root, const std::string& key, GoldenTensors& tensors,
                   GoldenReport& report) {
  static const std::regex kPattern(R"(rope\.su\.dim(\d+)\.orig(\d+)\.max(\d+)\.seq(\d+))");
  std::smatch part;
  if (!std::regex_match(key, part, kPattern)) return report.Fail(key, "unknown long rope");
  std::optional<LanguageConfig> config = FindLongRopeConfig(root, std::stoi(part[1]));
  if (!config) return report.Fail(key, "no checkpoint of the set has these factor lists");
  config->rope.original_max_position_embeddings = std::stoi(part[2]);
  config->max_position_embeddings = std::stoi(part[3]);
  const std::int64_t length = std::stoll(part[4]);
  const RopeTables tables = Rope(*config, at::kFloat, at::kCPU).Tables(length - 4, length);
  report.Near(tables.cos, tensors.Get(key + ".cos_last4"), kUnit, key + ".cos");
  report.Near(tables.sin, tensors.Get(key + ".sin_last4"), kUnit, key + ".sin");
}

void CheckInternLm2Attention(const Json& entry, const std::string& key, GoldenTensors& tensors, GoldenReport& report) {
  LanguageConfig config =
      HeadConfig(entry.at("num_heads"), entry.at("num_kv_heads"), entry.at("head_dim"), entry.at("rope_theta"));
  const DecoderLayerWeights weights{.qkv = MakeMatrixWeight(tensors.Get(key + ".wqkv")),
                                    .attention_out = MakeMatrixWeight(tensors.Get(key + ".wo"))};
  const at::Tensor x = tensors.Get(key + ".x");
  KvCache cache = MakeKvCache(config, 1, x.size(1) + 1, at::kFloat, kOneLayer);
  Rope rope(config, at::kFloat, at::kCPU);
  const at::Tensor y =
      Linear(DecoderAttention(x, weights, config, rope.Tables(0, x.size(1)), cache, 0), weights.attention_out);
  cache.length = x.size(1);
  report.Near(y, tensors.Get(key + ".y"), kUnit, key + ".y");
  report.Near(cache.keys[0].narrow(2, 0, cache.length), tensors.Get(key + ".k_cache"), kUnit, key + ".k_cache");
  report.Near(cache.values[0].narrow(2, 0, cache.length), tensors.Get(key + ".v_cache"), kUnit, key + ".v_cache");
  const RopeTables step = rope.Tables(cache.length, cache.length + 1);
  const at::Tensor y_step =
      Linear(DecoderAttention(tensors.Get(key + ".x_step"), weights, config, step, cache, 0), weights.attention_out);
  report.Near(y_step, tensors.Get(key + ".y_step"), kUnit, key + ".y_step");
}

void CheckPhi3Attention(const std::filesystem::path& root, const Json& entry, const std::string& key,
                        GoldenTensors& tensors, GoldenReport& report) {
  const int heads = entry.at("num_heads");
  LanguageConfig config = HeadConfig(heads, heads, entry.at("head_dim"), 10000);
  config.architecture = LanguageArchitecture::kPhi3;
  const std::optional<LanguageConfig> checkpoint = FindLongRopeConfig(root, HeadDim(config));
  if (!checkpoint) return report.Fail(key, "no checkpoint of the set has these factor lists");
  config.rope = checkpoint->rope;
  config.max_position_embeddings = checkpoint->max_position_embeddings;
  const DecoderLayerWeights weights{.qkv = MakeMatrixWeight(tensors.Get(key + ".qkv_proj")),
                                    .attention_out = MakeMatrixWeight(tensors.Get(key + ".o_proj"))};
  const at::Tensor x = tensors.Get(key + ".x");
  KvCache cache = MakeKvCache(config, 1, x.size(1), at::kFloat, kOneLayer);
  const RopeTables tables = Rope(config, at::kFloat, at::kCPU).Tables(0, x.size(1));
  const at::Tensor y = Linear(DecoderAttention(x, weights, config, tables, cache, 0), weights.attention_out);
  report.Near(y, tensors.Get(key + ".y"), kUnit, key + ".y");
}

void CheckPhi3Mlp(GoldenTensors& tensors, GoldenReport& report) {
  const at::Tensor gate_up = tensors.Get("phi3_mlp.gate_up_proj");
  const std::int64_t width = gate_up.size(0) / 2;
  const GatedWeight weight = MakeGatedWeight(gate_up.slice(0, 0, width), gate_up.slice(0, width));
  const at::Tensor hidden = GatedLinear(tensors.Get("phi3_mlp.x"), weight);
  report.Near(Linear(hidden, tensors.Get("phi3_mlp.down_proj")), tensors.Get("phi3_mlp.y"), kUnit, "phi3_mlp.y");
}

void CheckVitLayer(const Json& entry, const std::string& key, GoldenTensors& tensors, GoldenReport& report) {
  VisionConfig config;
  config.num_attention_heads = entry.at("num_heads");
  config.hidden_size = config.num_attention_heads * entry.at("head_dim").get<int>();
  config.norm_type = entry.at("norm_type") == "rms_norm" ? NormType::kRmsNorm : NormType::kLayerNorm;
  config.qk_normalization = entry.at("qk_normalization");
  config.qkv_bias = entry.at("qkv_bias");
  config.layer_norm_eps = entry.at("eps");
  const auto get = [&](const std::string& name) { return tensors.Find(key + "." + name).value_or(at::Tensor()); };
  const auto get_matrix = [&](const std::string& name) { return MakeMatrixWeight(tensors.Get(key + "." + name)); };
  const VitBlockWeights weights{.norm1 = {get("norm1.weight"), get("norm1.bias")},
                                .norm2 = {get("norm2.weight"), get("norm2.bias")},
                                .ls1 = get("ls1"),
                                .ls2 = get("ls2"),
                                .qkv_weight = get_matrix("attn.qkv.weight"),
                                .proj_weight = get_matrix("attn.proj.weight"),
                                .fc1_weight = get_matrix("mlp.fc1.weight"),
                                .fc2_weight = get_matrix("mlp.fc2.weight"),
                                .qkv_bias = get("attn.qkv.bias"),
                                .proj_bias = get("attn.proj.bias"),
                                .fc1_bias = get("mlp.fc1.bias"),
                                .fc2_bias = get("mlp.fc2.bias"),
                                .q_norm = get("attn.q_norm.weight"),
                                .k_norm = get("attn.k_norm.weight")};
  const at::Tensor x = tensors.Get(key + ".x");
  const at::Tensor normed =
      config.norm_type == NormType::kRmsNorm
          ? RmsNorm(x, weights.norm1.weight, config.layer_norm_eps)
          : at::layer_norm(x, {x.size(-1)}, weights.norm1.weight, weights.norm1.bias, config.layer_norm_eps);
  const at::Tensor mixed = VitAttention(normed, weights, config);
  report.Near(Linear(mixed, weights.proj_weight, weights.proj_bias), tensors.Get(key + ".attn_out"), kUnit, key + ".attn_out");
  report.Near(VitBlock(x, weights, config), tensors.Get(key + ".y"), kUnit, key + ".y");
}

void CheckVitEmbeddings(GoldenTensors& tensors, GoldenReport& report) {
  const VisionWeights weights{.class_embedding = tensors.Get("vit_embed.class_embedding"),
                              .position_embedding = tensors.Get("vit_embed.position_embedding"),
                              .patch_weight = tensors.Get("vit_embed.patch_embedding.weight"),
                              .patch_bias = tensors.Get("vit_embed.patch_embedding.bias")};
  static const std::regex kTable(R"(vit_embed\.pos_interp\.(\d+)x(\d+))");
  static const std::regex kOutput(R"(vit_embed\.y_(\d+x\d+))");
  for (const std::string& name : tensors.names()) {
    std::smatch part;
    if (std::regex_match(name, part, kTable)) {
      const at::Tensor table =
          ResizePositionTable(weights.position_embedding, std::stoll(part[1]), std::stoll(part[2]));
      report.Near(table, tensors.Get(name), kUnit, name);
    } else if (std::regex_match(name, part, kOutput)) {
      const at::Tensor pixels = tensors.Get("vit_embed.x_" + part[1].str());
      report.Near(VitEmbed(pixels, weights), tensors.Get(name), kUnit, name);
    }
  }
}

}  // namespace

void CheckUnits(const std::filesystem::path& root, GoldenReport& report) {
  GoldenTensors tensors(root / "units" / "units.safetensors");
  for (const Json& entry : ReadJsonFile(root / "units" / "units.json")) {
    const auto key = entry.at("key").get<std::string>();
    if (key.starts_with("pixel_shuffle.")) {
      CheckPixelShuffle(key, tensors, report);
    } else if (key.starts_with("rope.dynamic.")) {
      CheckDynamicRope(key, tensors, report);
    } else if (key.starts_with("rope.su.")) {
      CheckLongRope(root, key, tensors, report);
    } else if (key.starts_with("internlm2_attn.")) {
      CheckInternLm2Attention(entry, key, tensors, report);
    } else if (key.starts_with("vit_layer.")) {
      CheckVitLayer(entry, key, tensors, report);
    } else if (key == "vit_embed") {
      CheckVitEmbeddings(tensors, report);
    } else if (key == "phi3_attn") {
      CheckPhi3Attention(root, entry, key, tensors, report);
    } else {
      report.Fail("units: " + key, "unknown unit, not checked");
    }
  }
  // These have no entry in units.json.
  CheckRmsNorm(tensors, report);
  if (tensors.Find("phi3_mlp.x")) CheckPhi3Mlp(tensors, report);
  for (const std::string& name : tensors.names()) {
    if (name.starts_with("rope.bf16_table.") && name.ends_with(".cos")) {
      CheckBfloat16Rope(name.substr(0, name.size() - 4), tensors, report);
    }
  }
  tensors.ReportUnknown(report);
}

}  // namespace tessera::golden
