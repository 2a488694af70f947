// Dimension letters: A key/value heads (of all sequences), g query heads per key/value head, n queries, m keys, d head
// size.
#include "model/kernels/attention.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "model/config/model_cost.h"
#include "model/kernels/attention_bf16.h"
#include "model/kernels/instruction_set.h"
#include "model/kernels/parallel_tasks.h"

namespace tessera {
namespace {

bool UseFusedKernel(const at::Tensor& q) { return q.scalar_type() == at::kFloat || !q.is_cpu(); }

/// The reference's roundings. q: [A, g, n, d], k and v: [A, m, d]; `divisor` divides the product.
at::Tensor RoundedAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double divisor,
                            bool causal) {
  const std::int64_t heads = q.size(0), group = q.size(1), queries = q.size(2), head = q.size(3), keys = k.size(1);
  const std::int64_t block = std::clamp<std::int64_t>(kScoreBlockElements / (heads * group * keys), 1, queries);
  at::Tensor mixed = at::empty({heads, group, queries, head}, q.options());
  for (std::int64_t first = 0; first < queries; first += block) {
    const std::int64_t rows = std::min(block, queries - first);
    const std::int64_t seen = causal ? first + rows : keys;
    const at::Tensor q_rows = q.narrow(2, first, rows).reshape({heads, group * rows, head});
    at::Tensor scores = at::bmm(q_rows, k.narrow(1, 0, seen).transpose(1, 2));
    if (divisor != 1) scores.div_(divisor);
    if (causal) {
      const at::Tensor later =
          at::arange(seen, at::kLong).unsqueeze(0) > at::arange(first, first + rows, at::kLong).unsqueeze(1);
      scores.view({heads, group, rows, seen}).masked_fill_(later, -std::numeric_limits<double>::infinity());
    }
    const at::Tensor probabilities = at::softmax(scores, -1, at::kFloat).to(q.scalar_type());
    mixed.narrow(2, first, rows).copy_(at::bmm(probabilities, v.narrow(1, 0, seen)).view({heads, group, rows, head}));
  }
  return mixed;
}

/// Whether the kernel with bfloat16 dot products can take these tensors, of any shape with the head size last.
bool UseBf16Kernel(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
#if defined(__x86_64__)
  if (!q.is_cpu() || q.scalar_type() != at::kBFloat16 || q.numel() == 0) return false;
  return ActiveInstructionSet() == InstructionSet::kAvx512Bf16 && q.size(-1) % 16 == 0 && q.stride(-1) == 1 &&
         k.stride(-1) == 1 && v.stride(-1) == 1;
#else
  return false;
#endif
}

std::uint16_t* Bits(const at::Tensor& t) { return reinterpret_cast<std::uint16_t*>(t.data_ptr<at::BFloat16>()); }

/// All queries of all heads, over ATen's threads.
void RunBf16Kernel(const std::vector<AttentionHead>& heads, const AttentionShape& shape) {
#if defined(__x86_64__)
  // Several tasks per thread, but each repacks keys and values, which fewer queries would not pay for.
  constexpr std::int64_t kTasksPerThread = 4, kFewestQueries = 256;
  const auto count = static_cast<std::int64_t>(heads.size());
  const std::int64_t threads = at::get_num_threads();
  const std::int64_t most = std::max<std::int64_t>(1, shape.queries / kFewestQueries);
  const std::int64_t splits = std::min(most, 1 + kTasksPerThread * threads / count);
  const std::int64_t scratch_bytes = AttentionScratchBytes(shape);
  const at::Tensor scratch = at::empty({threads, scratch_bytes}, at::kByte);
  auto* const memory = reinterpret_cast<std::byte*>(scratch.data_ptr<std::uint8_t>());
  ParallelTasks(count * splits, [&](std::int64_t task, int worker) {
    const std::int64_t split =
        splits - 1 - task / count;  // the last queries see the most keys: first, as they take longest
    AttentionAvx512Bf16(heads[static_cast<std::size_t>(task % count)], shape, split * shape.queries / splits,
                        (split + 1) * shape.queries / splits, memory + worker * scratch_bytes);
  });
#endif
}

/// VisionAttention by the kernel; the result's memory is [T, N, H, d].
at::Tensor VisionBf16(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const std::int64_t tiles = q.size(0), count = q.size(1), tokens = q.size(2), head = q.size(3);
  at::Tensor mixed = at::empty({tiles, tokens, count, head}, q.options()).transpose(1, 2);
  std::vector<AttentionHead> heads;
  for (std::int64_t t = 0; t < tiles; ++t) {
    for (std::int64_t h = 0; h < count; ++h) {
      const auto start = [&](const at::Tensor& x) { return Bits(x) + t * x.stride(0) + h * x.stride(1); };
      heads.push_back({.q = start(q), .k = start(k), .v = start(v), .out = start(mixed)});
    }
  }
  RunBf16Kernel(heads, {.group = 1,
                        .queries = tokens,
                        .keys = tokens,
                        .head = head,
                        .q_group_stride = 0,
                        .q_stride = q.stride(2),
                        .k_stride = k.stride(2),
                        .v_stride = v.stride(2),
                        .out_group_stride = 0,
                        .out_stride = mixed.stride(2),
                        .query_scale = static_cast<float>(1 / std::sqrt(static_cast<double>(head))),
                        .score_scale = 1,
                        .causal = false});
  return mixed;
}

/// CausalAttention of many queries by the kernel; the result's memory is [n, A, g, d].
at::Tensor CausalBf16(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const std::int64_t count = q.size(0), group = q.size(1), queries = q.size(2), head = q.size(3);
  at::Tensor mixed = at::empty({queries, count, group, head}, q.options()).permute({1, 2, 0, 3});
  std::vector<AttentionHead> heads;
  for (std::int64_t a = 0; a < count; ++a) {
    const auto start = [&](const at::Tensor& x) { return Bits(x) + a * x.stride(0); };
    heads.push_back({.q = start(q), .k = start(k), .v = start(v), .out = start(mixed)});
  }
  RunBf16Kernel(heads, {.group = group,
                        .queries = queries,
                        .keys = k.size(1),
                        .head = head,
                        .q_group_stride = q.stride(1),
                        .q_stride = q.stride(2),
                        .k_stride = k.stride(1),
                        .v_stride = v.stride(1),
                        .out_group_stride = mixed.stride(1),
                        .out_stride = mixed.stride(2),
                        .query_scale = 1,
                        .score_scale = static_cast<float>(1 / std::sqrt(static_cast<double>(head))),
                        .causal = true});
  return mixed;
}

}  // namespace

at::Tensor VisionAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  if (UseFusedKernel(q)) return at::scaled_dot_product_attention(q, k, v);
  if (UseBf16Kernel(q, k, v)) return VisionBf16(q, k, v);
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
  const at::Tensor mixed = RoundedAttention((q * scale).flatten(0, 1).unsqueeze(1), k.flatten(0, 1), v.flatten(0, 1),
                                            /*divisor=*/1, /*causal=*/false);
  return mixed.view({q.size(0), q.size(1), q.size(2), q.size(3)});
}

at::Tensor CausalAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const bool single = q.size(2) == 1;
  if (!single && UseBf16Kernel(q, k, v)) return CausalBf16(q, k, v);
  if (!UseFusedKernel(q)) {
    return RoundedAttention(q, k, v, std::sqrt(static_cast<double>(q.size(-1))), /*causal=*/!single);
  }
  if (single) {
    // The g queries of a group are g rows against the same keys: each key is read once.
    return at::scaled_dot_product_attention(q.transpose(1, 2), k.unsqueeze(1), v.unsqueeze(1)).transpose(1, 2);
  }
  const auto shared = [&](const at::Tensor& t) { return t.unsqueeze(1).expand({-1, q.size(1), -1, -1}); };
  return at::scaled_dot_product_attention(q, shared(k), shared(v), {}, /*dropout_p=*/0.0, /*is_causal=*/true);
}

}  // namespace tessera
