// The language model: InternLM2 and Phi-3, which differ in names, in the layout of fused matrices and in their rotary
// tables.
#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "model/config/model_config.h"
#include "model/kernels/linear_weight.h"
#include "model/language/kv_cache.h"
#include "model/language/rope.h"
#include "model/language/tail_cache.h"
#include "model/weights/tensor_loader.h"

namespace tessera {

/// D width, H query heads, K key/value heads, d head size, I MLP width.
struct DecoderLayerWeights {
  at::Tensor attention_norm, mlp_norm;  // [D]
  MatrixWeight qkv;                     // [(H + 2K) d, D], laid out as the architecture says
  MatrixWeight attention_out;           // [D, H d]
  GatedWeight gate_up;                  // [I, D] each
  MatrixWeight down;                    // [D, I]
};

struct DecoderWeights {
  at::Tensor embedding;  // [V, D]
  std::vector<DecoderLayerWeights> layers;
  at::Tensor norm;      // [D]
  MatrixWeight output;  // [V, D]
};

/// layer_devices: where each layer goes. The embedding table goes to the first's, norm and output head to the last's.
DecoderWeights LoadDecoderWeights(const TensorLoader& loader, const LanguageConfig& config,
                                  std::span<const at::Device> layer_devices);

/// Where each layer is. A pass moves its activations there, layer by layer, and returns what the last device computed.
std::vector<at::Device> LayerDevices(const DecoderWeights& weights);

/// Causal self-attention of layer `layer` over x [B, n, D] and what the cache holds; writes its keys and values to the
/// cache at cache.length (the caller advances the length). n > 1 needs an empty cache. Returns [B, n, H d], before the
/// output matrix.
at::Tensor DecoderAttention(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                            const RopeTables& rope, KvCache& cache, std::size_t layer);

/// One layer with its residuals. x: [B, n, D] -> [B, n, D].
at::Tensor DecoderLayer(const at::Tensor& x, const DecoderLayerWeights& weights, const LanguageConfig& config,
                        const RopeTables& rope, KvCache& cache, std::size_t layer);

/// All layers and the final norm; appends n tokens to the cache. embeddings: [B, n, D] -> [B, n, D].
at::Tensor Decode(const at::Tensor& embeddings, const DecoderWeights& weights, const LanguageConfig& config, Rope& rope,
                  KvCache& cache);

/// Fills an empty cache of one sequence with the keys and values of embeddings [1, n, D], rotated by `tables`.
void FillPrefix(const at::Tensor& embeddings, const DecoderWeights& weights, const LanguageConfig& config,
                const RopeTables& tables, KvCache& cache);

/// One pass over rows of several sequences: embeddings [R, D] and tables [R, d], a row per token, in the order of
/// `batch`; what is in R beyond the batch's rows is padding. Writes keys and values to `tails`. Returns [R, D]. Where
/// CanMultiplyRows, a row depends on no row of another sequence, padded or not.
at::Tensor DecodeRows(const at::Tensor& embeddings, const DecoderWeights& weights, const LanguageConfig& config,
                      RopeTables tables, RowBatch& batch, TailCache& tails);

/// Output head. hidden: [..., D] -> float32 [..., V].
at::Tensor Logits(const at::Tensor& hidden, const DecoderWeights& weights);

}  // namespace tessera
