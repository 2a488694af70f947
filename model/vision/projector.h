// From vision tokens to language tokens: pixel shuffle and the MLP projector.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/config/model_config.h"
#include "model/vision/intern_vit.h"
#include "model/weights/tensor_loader.h"

namespace tessera {

struct ProjectorWeights {
  at::Tensor norm_weight, norm_bias;  // mlp1.0, [4D]
  MatrixWeight fc1_weight;            // mlp1.1, [L, 4D]
  MatrixWeight fc2_weight;            // mlp1.3, [L, L]
  at::Tensor fc1_bias, fc2_bias;
};

ProjectorWeights LoadProjectorWeights(const TensorLoader& loader);

/// Folds squares of neighbouring tokens into one: x [T, h, w, D] -> [T, h * ratio, w * ratio, D / ratio^2].
/// "v1" leaves the two spatial axes swapped. Source: SPEC section 3.3 (InternVLChatModel.pixel_shuffle).
at::Tensor PixelShuffle(const at::Tensor& x, double ratio, PixelShuffleVersion version);

/// LayerNorm (eps 1e-5), linear, GELU, linear. x: [T, n, 4D] -> [T, n, L].
at::Tensor Project(const at::Tensor& x, const ProjectorWeights& weights);

/// Vision tokens of a tile as pixel-shuffled rows: [T, N, D] with the class token -> [T, tokens per tile, 4D].
at::Tensor ShuffledTokens(const at::Tensor& hidden, const ModelConfig& config);

/// The whole vision half. pixels: [T, 3, S, S] -> language embeddings [T, tokens per tile, L].
at::Tensor EncodeTiles(const at::Tensor& pixels, const VisionWeights& vision, const ProjectorWeights& projector,
                       const ModelConfig& config);

}  // namespace tessera
