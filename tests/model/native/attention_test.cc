#include "model/kernels/attention.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tessera {
namespace {

at::Tensor Random(at::IntArrayRef shape, std::uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat));
}

/// The formula, with the whole matrix of scores in float64. q: [A, g, n, d], k and v: [A, m, d].
at::Tensor Reference(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, bool causal) {
  at::Tensor scores = q.to(at::kDouble).matmul(k.to(at::kDouble).unsqueeze(1).transpose(-2, -1)) /
                      std::sqrt(static_cast<double>(q.size(-1)));
  if (causal) {
    const at::Tensor later = at::ones({q.size(2), k.size(1)}, at::kBool).triu(1);
    scores.masked_fill_(later, -std::numeric_limits<double>::infinity());
  }
  return scores.softmax(-1).matmul(v.to(at::kDouble).unsqueeze(1));
}

double RelativeError(const at::Tensor& found, const at::Tensor& expected) {
  return ((found.to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
}

struct Case {
  std::int64_t heads, group, queries, keys;
};

class CausalAttentionTest : public ::testing::TestWithParam<Case> {};

TEST_P(CausalAttentionTest, EqualsTheFormulaInEachType) {
  const Case c = GetParam();
  const at::Tensor q = Random({c.heads, c.group, c.queries, 32}, 1);
  const at::Tensor k = Random({c.heads, c.keys, 32}, 2);
  const at::Tensor v = Random({c.heads, c.keys, 32}, 3);
  const bool causal = c.queries > 1;
  // Unit roundoff of the type, times a few roundings (inputs, scores, probabilities, result).
  for (const auto& [type, bound] :
       {std::pair{at::kFloat, 4e-6}, {at::kBFloat16, 4 * 0x1p-8}, {at::kHalf, 4 * 0x1p-11}}) {
    const at::Tensor qt = q.to(type), kt = k.to(type), vt = v.to(type);
    EXPECT_LT(RelativeError(CausalAttention(qt, kt, vt), Reference(qt, kt, vt, causal)), bound) << at::toString(type);
  }
}

// The last one needs more than one block of scores: 16 * 1100 * 1100 > kScoreBlockElements.
INSTANTIATE_TEST_SUITE_P(Shapes, CausalAttentionTest,
                         ::testing::Values(Case{1, 1, 1, 1}, Case{2, 3, 1, 77}, Case{2, 3, 33, 33},
                                           Case{4, 4, 1100, 1100}));

TEST(CausalAttention, LaterKeysChangeNothing) {
  const at::Tensor q = Random({2, 2, 9, 16}, 1).to(at::kBFloat16);
  at::Tensor k = Random({2, 9, 16}, 2).to(at::kBFloat16);
  const at::Tensor v = Random({2, 9, 16}, 3).to(at::kBFloat16);
  const at::Tensor before = CausalAttention(q, k, v);
  k.select(1, 8).fill_(100);
  const at::Tensor after = CausalAttention(q, k, v);
  EXPECT_TRUE(before.narrow(2, 0, 8).equal(after.narrow(2, 0, 8)));
  EXPECT_FALSE(before.equal(after));
}

TEST(VisionAttention, EqualsTheFormulaInEachType) {
  const at::Tensor q = Random({2, 3, 50, 32}, 4);
  const at::Tensor k = Random({2, 3, 50, 32}, 5);
  const at::Tensor v = Random({2, 3, 50, 32}, 6);
  for (const auto& [type, bound] :
       {std::pair{at::kFloat, 4e-6}, {at::kBFloat16, 4 * 0x1p-8}, {at::kHalf, 4 * 0x1p-11}}) {
    const at::Tensor qt = q.to(type), kt = k.to(type), vt = v.to(type);
    const at::Tensor expected =
        Reference(qt.flatten(0, 1).unsqueeze(1), kt.flatten(0, 1), vt.flatten(0, 1), /*causal=*/false)
            .view({2, 3, 50, 32});
    EXPECT_LT(RelativeError(VisionAttention(qt, kt, vt), expected), bound) << at::toString(type);
  }
}

}  // namespace
}  // namespace tessera
