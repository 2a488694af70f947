// Dimension letters: T tiles, N = 1 + patches tokens (class token first), D width, H heads, E = D / H, I MLP width.
#include "model/vision/intern_vit.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/upsample_bicubic2d.h>

#include <cmath>
#include <string>

#include "model/kernels/attention.h"
#include "model/kernels/linear.h"
#include "model/kernels/norm.h"
#include "model/vision/tile_by_tile.h"

namespace tessera {
namespace {

at::Tensor Norm(const at::Tensor& x, const VitNormWeights& weights, const VisionConfig& config) {
  if (config.norm_type == NormType::kRmsNorm) return RmsNorm(x, weights.weight, config.layer_norm_eps);
  return at::layer_norm(x, {x.size(-1)}, weights.weight, weights.bias, config.layer_norm_eps);
}

at::Tensor BlockOfTiles(const at::Tensor& x, const VitBlockWeights& w, const VisionConfig& config) {
  // h = x + ls1 * proj(attn(norm1(x)));  out = h + ls2 * fc2(gelu(fc1(norm2(h))))
  const at::Tensor mixed = VitAttention(Norm(x, w.norm1, config), w, config);
  const at::Tensor h = LinearAdd(mixed, w.proj_weight, w.proj_bias, w.ls1, x);
  const at::Tensor hidden_TNI = LinearGelu(Norm(h, w.norm2, config), w.fc1_weight, w.fc1_bias);
  return LinearAdd(hidden_TNI, w.fc2_weight, w.fc2_bias, w.ls2, h);
}

}  // namespace

VisionWeights LoadVisionWeights(const TensorLoader& loader, const VisionConfig& config) {
  const std::string embeddings = "vision_model.embeddings.";
  VisionWeights weights;
  weights.class_embedding = loader.Load(embeddings + "class_embedding");
  weights.position_embedding = loader.Load(embeddings + "position_embedding");
  weights.patch_weight = loader.Load(embeddings + "patch_embedding.weight");
  weights.patch_bias = loader.Load(embeddings + "patch_embedding.bias");
  for (int i = 0; i < config.num_hidden_layers; ++i) {
    const std::string layer = "vision_model.encoder.layers." + std::to_string(i) + ".";
    const auto norm = [&](const std::string& name) {
      VitNormWeights norm_weights{.weight = loader.Load(layer + name + ".weight")};
      if (config.norm_type == NormType::kLayerNorm) norm_weights.bias = loader.Load(layer + name + ".bias");
      return norm_weights;
    };
    VitBlockWeights block{.norm1 = norm("norm1"), .norm2 = norm("norm2")};
    block.ls1 = loader.Load(layer + "ls1");
    block.ls2 = loader.Load(layer + "ls2");
    block.qkv_weight = loader.LoadMatrix(layer + "attn.qkv.weight");
    if (config.qkv_bias) block.qkv_bias = loader.Load(layer + "attn.qkv.bias");
    if (config.qk_normalization) {
      block.q_norm = loader.Load(layer + "attn.q_norm.weight");
      block.k_norm = loader.Load(layer + "attn.k_norm.weight");
    }
    block.proj_weight = loader.LoadMatrix(layer + "attn.proj.weight");
    block.proj_bias = loader.Load(layer + "attn.proj.bias");
    block.fc1_weight = loader.LoadMatrix(layer + "mlp.fc1.weight");
    block.fc1_bias = loader.Load(layer + "mlp.fc1.bias");
    block.fc2_weight = loader.LoadMatrix(layer + "mlp.fc2.weight");
    block.fc2_bias = loader.Load(layer + "mlp.fc2.bias");
    weights.blocks.push_back(std::move(block));
  }
  return weights;
}

at::Tensor ResizePositionTable(const at::Tensor& position_embedding, std::int64_t rows, std::int64_t columns) {
  const std::int64_t patches = position_embedding.size(1) - 1;
  const std::int64_t width = position_embedding.size(2);
  const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(patches))));
  const at::Tensor table = position_embedding.slice(1, 1);
  if (rows == side && columns == side) return table;
  // Bicubic in float32, then back to the table's type.
  const at::Tensor grid = table.to(at::kFloat).reshape({1, side, side, width}).permute({0, 3, 1, 2});
  const at::Tensor resized = at::upsample_bicubic2d(grid, {rows, columns}, /*align_corners=*/false);
  return resized.reshape({1, width, rows * columns}).transpose(1, 2).to(position_embedding.scalar_type());
}

at::Tensor VitEmbed(const at::Tensor& pixels, const VisionWeights& weights) {
  const std::int64_t stride = weights.patch_weight.size(-1);
  const at::Tensor patches = at::conv2d(pixels, weights.patch_weight, weights.patch_bias, {stride, stride});
  const std::int64_t rows = patches.size(2);
  const std::int64_t columns = patches.size(3);
  const at::Tensor patches_TND = patches.flatten(2).transpose(1, 2);
  const at::Tensor class_T1D = weights.class_embedding.expand({pixels.size(0), 1, -1});
  const at::Tensor position = at::cat(
      {weights.position_embedding.slice(1, 0, 1), ResizePositionTable(weights.position_embedding, rows, columns)}, 1);
  return at::cat({class_T1D, patches_TND}, 1).add_(position);
}

at::Tensor VitAttention(const at::Tensor& x, const VitBlockWeights& weights, const VisionConfig& config) {
  const std::int64_t tiles = x.size(0);
  const std::int64_t tokens = x.size(1);
  const std::int64_t width = x.size(2);
  const at::Tensor qkv = Linear(x, weights.qkv_weight, weights.qkv_bias);
  at::Tensor q_TND = qkv.slice(-1, 0, width);
  at::Tensor k_TND = qkv.slice(-1, width, 2 * width);
  const at::Tensor v_TND = qkv.slice(-1, 2 * width);
  if (config.qk_normalization) {  // over the whole width of a token, not per head
    q_TND = RmsNorm(q_TND, weights.q_norm, config.layer_norm_eps);
    k_TND = RmsNorm(k_TND, weights.k_norm, config.layer_norm_eps);
  }
  const auto heads = [&](const at::Tensor& t) {
    return t.view({tiles, tokens, config.num_attention_heads, HeadDim(config)}).transpose(1, 2);
  };
  const at::Tensor mixed_THNE = VisionAttention(heads(q_TND), heads(k_TND), heads(v_TND));
  return mixed_THNE.transpose(1, 2).reshape({tiles, tokens, width});
}

at::Tensor VitBlock(const at::Tensor& x, const VitBlockWeights& weights, const VisionConfig& config) {
  return TileByTile(x, [&](const at::Tensor& tile) { return BlockOfTiles(tile, weights, config); });
}

at::Tensor InternVit(const at::Tensor& pixels, const VisionWeights& weights, const VisionConfig& config,
                     int select_layer) {
  const int layers = config.num_hidden_layers;
  const int last = select_layer < 0 ? layers + 1 + select_layer : select_layer;
  at::Tensor x = TileByTile(pixels, [&](const at::Tensor& tile) { return VitEmbed(tile, weights); });
  for (int i = 0; i < last; ++i) x = VitBlock(x, weights.blocks[static_cast<std::size_t>(i)], config);
  return x;
}

}  // namespace tessera
