// Attention in bfloat16 with dot products of AVX-512 BF16. Internal to attention.cc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera {

/// Where one key/value head and the query heads that it serves lie. Numbers are bfloat16, stored as their 16 bits.
struct AttentionHead {
  const std::uint16_t* q;  // [group, queries, head]
  const std::uint16_t* k;  // [keys, head]
  const std::uint16_t* v;  // [keys, head]
  std::uint16_t* out;      // [group, queries, head]
};

/// Strides are in elements; the elements of a head's vector are neighbours.
struct AttentionShape {
  std::int64_t group, queries, keys;
  std::int64_t head;  // a multiple of 16
  std::int64_t q_group_stride, q_stride, k_stride, v_stride, out_group_stride, out_stride;
  float query_scale;  // multiplies q, then rounded to bfloat16
  float score_scale;  // multiplies the rounded product, then rounded again; 1: no second rounding
  bool causal;        // query i sees the first keys - queries + i + 1 keys, else all
};

/// Bytes of scratch memory that a call needs.
std::int64_t AttentionScratchBytes(const AttentionShape& shape);

/// out = softmax(q k^T) v for the queries [first, last) of each query head of the group. Scores and probabilities are
/// rounded to bfloat16, sums and the softmax are float32. `scratch` is aligned to 64 bytes.
void AttentionAvx512Bf16(const AttentionHead& head, const AttentionShape& shape, std::int64_t first, std::int64_t last,
                         std::byte* scratch);

}  // namespace tessera
