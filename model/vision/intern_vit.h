// InternViT: the vision tower, as functions over weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/config/model_config.h"
#include "model/weights/tensor_loader.h"

namespace tessera {

/// Scale, and for LayerNorm a bias (undefined for RMSNorm): [D] each.
struct VitNormWeights {
  at::Tensor weight, bias;
};

/// One block. Undefined tensors: qkv_bias without `qkv_bias`, q_norm and k_norm without `qk_normalization`.
struct VitBlockWeights {
  VitNormWeights norm1, norm2;
  at::Tensor ls1, ls2;        // layer scale, [D]
  MatrixWeight qkv_weight;    // [3D, D]: q of all heads, then k, then v
  MatrixWeight proj_weight;   // [D, D]
  MatrixWeight fc1_weight;    // [I, D]
  MatrixWeight fc2_weight;    // [D, I]
  at::Tensor qkv_bias, proj_bias, fc1_bias, fc2_bias;
  at::Tensor q_norm, k_norm;  // [D]
};

struct VisionWeights {
  at::Tensor class_embedding;           // [1, 1, D]
  at::Tensor position_embedding;        // [1, 1 + g * g, D]
  at::Tensor patch_weight, patch_bias;  // [D, 3, p, p], [D]
  std::vector<VitBlockWeights> blocks;
};

VisionWeights LoadVisionWeights(const TensorLoader& loader, const VisionConfig& config);

/// The position table without its class row, resized to rows x columns patches: [1, rows * columns, D].
/// The identity when the table already has that grid. Source: SPEC section 3.1 (InternVisionEmbeddings._get_pos_embed).
at::Tensor ResizePositionTable(const at::Tensor& position_embedding, std::int64_t rows, std::int64_t columns);

/// Patch, class and position embeddings. pixels: [T, 3, height, width] -> [T, 1 + patches, D].
at::Tensor VitEmbed(const at::Tensor& pixels, const VisionWeights& weights);

/// Self-attention of one block before its projection, without norm. x: [T, N, D] -> [T, N, D].
at::Tensor VitAttention(const at::Tensor& x, const VitBlockWeights& weights, const VisionConfig& config);

/// One block. x: [T, N, D] -> [T, N, D].
at::Tensor VitBlock(const at::Tensor& x, const VitBlockWeights& weights, const VisionConfig& config);

/// The hidden state that `select_layer` names: -1 the last block's output, -2 one block earlier ...; non-negative
/// counts from the embeddings (0). pixels: [T, 3, S, S] -> [T, N, D].
at::Tensor InternVit(const at::Tensor& pixels, const VisionWeights& weights, const VisionConfig& config,
                     int select_layer);

}  // namespace tessera
