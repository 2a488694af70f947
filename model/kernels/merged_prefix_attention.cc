// SharedPrefixAttention with tensor operations.
// Dimension letters: R rows, K key/value heads, g query heads per key/value head, d head size, P prefix tokens, N
// tokens of all tails, M tokens of the longest tail.
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/kernels/shared_prefix_attention.h"

namespace tessera {
namespace {

/// Attention over some of the keys: what it mixes, and the log of the sum that normalised it.
struct Part {
  at::Tensor mixed;    // [R, K, g, d] float32
  at::Tensor log_sum;  // [R, K, g, 1] float32
};

/// Over the prefix of all rows [R, K, g, d] of a group: one product per key/value head.
Part OverPrefix(const at::Tensor& q, const PrefixRows& group) {
  const std::int64_t rows = q.size(0), kv_heads = q.size(1), group_heads = q.size(2), head = q.size(3);
  const at::Tensor queries = q.permute({1, 0, 2, 3}).reshape({kv_heads, rows * group_heads, head});
  const at::Tensor scores =
      at::bmm(queries, group.prefix.keys).to(at::kFloat).div_(std::sqrt(static_cast<double>(head)));
  const at::Tensor log_sum = at::logsumexp(scores, {-1}, /*keepdim=*/true);
  const at::Tensor mixed = at::bmm((scores - log_sum).exp_().to(q.scalar_type()), group.prefix.values).to(at::kFloat);
  const auto by_row = [&](const at::Tensor& t) {
    return t.view({kv_heads, rows, group_heads, -1}).permute({1, 0, 2, 3});
  };
  return {by_row(mixed), by_row(log_sum)};
}

/// Over the tails of all rows of a group, padded to the longest.
Part OverTails(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values,
               std::span<const TailRows> tails) {
  std::vector<std::int64_t> first, seen;
  for (const TailRows& tail : tails) {
    for (std::int64_t i = 0; i < tail.rows; ++i) {
      first.push_back(tail.first_token);
      seen.push_back(tail.tokens - tail.rows + i + 1);
    }
  }
  const std::int64_t longest = *std::max_element(seen.begin(), seen.end());
  const auto column = [&](const std::vector<std::int64_t>& list) {
    return at::tensor(list, at::TensorOptions().dtype(at::kLong)).to(q.device()).unsqueeze(1);
  };
  const at::Tensor positions = at::arange(longest, at::TensorOptions().dtype(at::kLong).device(q.device()));
  const at::Tensor hidden_RM = positions >= column(seen);
  const at::Tensor tokens_RM = (column(first) + positions).masked_fill_(hidden_RM, 0);
  const auto gather = [&](const at::Tensor& all) {  // [R, K, M, d]
    return all.index_select(0, tokens_RM.flatten())
        .view({q.size(0), longest, all.size(1), all.size(2)})
        .transpose(1, 2);
  };
  at::Tensor scores = at::matmul(q, gather(tail_keys).transpose(2, 3)).to(at::kFloat);
  scores.div_(std::sqrt(static_cast<double>(q.size(3))));
  scores.masked_fill_(hidden_RM.unsqueeze(1).unsqueeze(1), -std::numeric_limits<double>::infinity());
  const at::Tensor log_sum = at::logsumexp(scores, {-1}, /*keepdim=*/true);
  const at::Tensor weights = (scores - log_sum).exp_().to(q.scalar_type());
  return {at::matmul(weights, gather(tail_values)).to(at::kFloat), log_sum};
}

/// softmax over both parts = each part's, weighted by its share of the whole sum.
at::Tensor Merge(const Part& a, const Part& b) {
  const at::Tensor share = (b.log_sum - a.log_sum).sigmoid();
  return a.mixed + (b.mixed - a.mixed) * share;
}

/// The tails cut where their rows come to more than `most`, as the tails of a pass are gathered row by row.
std::vector<std::vector<TailRows>> CutTails(std::span<const TailRows> tails, std::int64_t most) {
  std::vector<std::vector<TailRows>> parts(1);
  std::int64_t rows = 0;
  for (const TailRows& tail : tails) {
    for (std::int64_t done = 0; done < tail.rows;) {
      if (rows == most) {
        parts.emplace_back();
        rows = 0;
      }
      const std::int64_t taken = std::min(tail.rows - done, most - rows);
      parts.back().push_back({.first_row = tail.first_row + done,
                              .rows = taken,
                              .first_token = tail.first_token,
                              .tokens = tail.tokens - tail.rows + done + taken});
      done += taken;
      rows += taken;
    }
  }
  return parts;
}

}  // namespace

at::Tensor MergedPrefixAttention(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values,
                                 std::span<const PrefixRows> groups) {
  constexpr std::int64_t kRowsAtOnce = 64;
  at::Tensor mixed = at::zeros_like(q);
  for (const PrefixRows& group : groups) {
    for (const std::vector<TailRows>& tails : CutTails(group.tails, kRowsAtOnce)) {
      std::vector<std::int64_t> rows;
      for (const TailRows& tail : tails) {
        for (std::int64_t i = 0; i < tail.rows; ++i) rows.push_back(tail.first_row + i);
      }
      const at::Tensor index = at::tensor(rows, at::TensorOptions().dtype(at::kLong)).to(q.device());
      const at::Tensor own = q.index_select(0, index);
      const Part tail = OverTails(own, tail_keys, tail_values, tails);
      const at::Tensor whole = group.prefix.tokens > 0 ? Merge(OverPrefix(own, group), tail) : tail.mixed;
      mixed.index_copy_(0, index, whole.to(q.scalar_type()));
    }
  }
  return mixed;
}

}  // namespace tessera
