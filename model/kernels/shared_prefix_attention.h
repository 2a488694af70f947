// Attention of many sequences that begin with the same tokens.
//
// Each query sees a prefix, whose keys and values exist once for all its sequences, and a tail of its own. The prefix
// is read once for all queries of a group, not once for each. What a query gets depends on its own keys and values
// alone, to the last bit on the CPU: sums run in an order that neither the other queries nor the threads change.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

/// Consecutive rows of one sequence in a pass: the last `rows` tokens of its tail so far.
struct TailRows {
  std::int64_t first_row = 0;
  std::int64_t rows = 0;
  std::int64_t first_token = 0;  // of its tail, in the tensors of all tails
  std::int64_t tokens = 0;       // of its tail, those of this pass included; row i sees tokens - rows + i + 1 of them
};

/// Keys and values of a prefix in one layer, in the order in which SharedPrefixAttention reads them.
struct PackedPrefix {
  at::Tensor keys, values;  // undefined without a prefix
  std::int64_t tokens = 0;
};

/// Packs keys and values [K, P, d], which may have any strides but have neighbouring elements of a head side by side.
/// The layout depends on device, type and processor: keys [K, d, P] and values [K, P, d], or, for dot products of
/// bfloat16, both [K, n] in the order that prefix_attention_bf16.h repacks them to.
PackedPrefix PackPrefix(const at::Tensor& keys, const at::Tensor& values);

/// The sequences of a pass that share a prefix.
struct PrefixRows {
  PackedPrefix prefix;  // by PackPrefix, or without tokens
  std::vector<TailRows> tails;
};

/// softmax(q k^T / sqrt(d)) v over prefix and own tail. q: [R, K, g, d], tail_keys and tail_values: [N, K, d], all
/// contiguous and of one type and device. Returns [R, K, g, d]; rows that no group names are zero. In bfloat16 and
/// float16 scores and probabilities are rounded as CausalAttention rounds them.
at::Tensor SharedPrefixAttention(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values,
                                 std::span<const PrefixRows> groups);

/// The same with tensor operations, for a GPU: the two parts apart, merged by their log-sum-exp. The prefixes' layout
/// is [K, d, P] and [K, P, d].
at::Tensor MergedPrefixAttention(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values,
                                 std::span<const PrefixRows> groups);

}  // namespace tessera
