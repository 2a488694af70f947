// Dimension letters: A key/value heads (of all sequences), g query heads per key/value head, n queries, m keys, d head
// size.
#include "model/kernels/attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/config/model_cost.h"

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

}  // namespace

at::Tensor VisionAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  if (UseFusedKernel(q)) return at::scaled_dot_product_attention(q, k, v);
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
  const at::Tensor mixed = RoundedAttention((q * scale).flatten(0, 1).unsqueeze(1), k.flatten(0, 1), v.flatten(0, 1),
                                            /*divisor=*/1, /*causal=*/false);
  return mixed.view({q.size(0), q.size(1), q.size(2), q.size(3)});
}

at::Tensor CausalAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const bool single = q.size(2) == 1;
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
