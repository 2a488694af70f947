#include "model/vision/projector.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/layer_norm.h>

#include <cmath>

#include "model/kernels/linear.h"
#include "model/vision/tile_by_tile.h"

namespace tessera {

ProjectorWeights LoadProjectorWeights(const TensorLoader& loader) {
  return {.norm_weight = loader.Load("mlp1.0.weight"),
          .norm_bias = loader.Load("mlp1.0.bias"),
          .fc1_weight = loader.LoadMatrix("mlp1.1.weight"),
          .fc2_weight = loader.LoadMatrix("mlp1.3.weight"),
          .fc1_bias = loader.Load("mlp1.1.bias"),
          .fc2_bias = loader.Load("mlp1.3.bias")};
}

at::Tensor PixelShuffle(const at::Tensor& x, double ratio, PixelShuffleVersion version) {
  const std::int64_t tiles = x.size(0);
  const std::int64_t height = x.size(1);
  const std::int64_t width = x.size(2);
  const std::int64_t channels = x.size(3);
  const auto fold = static_cast<std::int64_t>(std::lround(1 / ratio));
  // out[t, i, j, (fold * a + b) * D + c] = in[t, fold * i + a, fold * j + b, c]
  const at::Tensor squares =
      x.view({tiles, height / fold, fold, width / fold, fold, channels}).permute({0, 1, 3, 2, 4, 5});
  const at::Tensor shuffled = squares.reshape({tiles, height / fold, width / fold, fold * fold * channels});
  if (version == PixelShuffleVersion::kV2) return shuffled;
  return shuffled.transpose(1, 2).contiguous();
}

at::Tensor Project(const at::Tensor& x, const ProjectorWeights& weights) {
  constexpr double kEps = 1e-5;  // nn.LayerNorm's default, not the vision tower's 1e-6
  const at::Tensor normed = at::layer_norm(x, {x.size(-1)}, weights.norm_weight, weights.norm_bias, kEps);
  const at::Tensor hidden = LinearGelu(normed, weights.fc1_weight, weights.fc1_bias);
  return Linear(hidden, weights.fc2_weight, weights.fc2_bias);
}

at::Tensor ShuffledTokens(const at::Tensor& hidden, const ModelConfig& config) {
  const at::Tensor patches = hidden.slice(1, 1);  // without the class token
  const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(patches.size(1)))));
  const at::Tensor grid = patches.reshape({patches.size(0), side, side, patches.size(2)});
  const at::Tensor shuffled = PixelShuffle(grid, config.downsample_ratio, config.pixel_shuffle);
  return shuffled.reshape({shuffled.size(0), -1, shuffled.size(3)});
}

at::Tensor EncodeTiles(const at::Tensor& pixels, const VisionWeights& vision, const ProjectorWeights& projector,
                       const ModelConfig& config) {
  const at::Tensor hidden = InternVit(pixels, vision, config.vision, config.select_layer);
  return TileByTile(hidden, [&](const at::Tensor& tile) { return Project(ShuffledTokens(tile, config), projector); });
}

}  // namespace tessera
