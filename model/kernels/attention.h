// Softmax attention of the two model halves.
//
// In float32, and on a GPU, ATen's fused kernel is used: it keeps no matrix of scores. In bfloat16 and float16 on the CPU
// the reference's roundings are reproduced instead (scores and probabilities are rounded to the working type): the fused
// kernel does not round there, which moves hidden states by more than two correct implementations of the reference
// differ. Where the processor has dot products of bfloat16 a kernel of ours does that on blocks that stay in the cache;
// elsewhere, and for a single query, it is done in blocks of ATen's operations, so that memory stays bounded.
#pragma once

#include <ATen/core/Tensor.h>

namespace tessera {

/// softmax((q d^-1/2) k^T) v without a mask; the scale multiplies q. q, k, v: [T, H, N, d] -> [T, H, N, d].
/// Source: SPEC section 3.2 (InternAttention._naive_attn).
at::Tensor VisionAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

/// softmax(q k^T / sqrt(d)) v; the scale divides the product. Each of A key/value heads serves g query heads.
/// q: [A, g, n, d], k and v: [A, m, d] -> [A, g, n, d]. Either n = m and query i sees the keys 0..i, or n = 1 and the
/// query sees all m keys. Source: SPEC section 4 (InternLM2Attention.forward).
at::Tensor CausalAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

}  // namespace tessera
