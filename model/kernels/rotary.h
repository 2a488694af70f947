// Rotary position embeddings, where queries and keys lie.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tessera {

/// Which heads of a row are queries and keys: in each of `blocks` blocks of `block_heads` heads, the first `rotated`.
struct RotaryHeads {
  std::int64_t blocks = 0, block_heads = 0, rotated = 0;
};

/// Replaces the named heads of `rows` by x * cos + cat(-x[d/2:], x[:d/2]) * sin; products and sum are rounded to the
/// type apart, as in the reference. rows: [B, n, blocks * block_heads * d] on the CPU, without gaps; cos, sin: [n, d]
/// of the same type, the d/2 values twice. Source: SPEC section 4 (apply_rotary_pos_emb).
void RotateHeads(at::Tensor& rows, const RotaryHeads& heads, const at::Tensor& cos, const at::Tensor& sin);

}  // namespace tessera
