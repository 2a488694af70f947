#include "model/kernels/attention.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
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
  std::int64_t heads, group, queries, keys, head = 32;
};

class CausalAttentionTest : public ::testing::TestWithParam<Case> {};

TEST_P(CausalAttentionTest, EqualsTheFormulaInEachType) {
  const Case c = GetParam();
  const at::Tensor q = Random({c.heads, c.group, c.queries, c.head}, 1);
  const at::Tensor k = Random({c.heads, c.keys, c.head}, 2);
  const at::Tensor v = Random({c.heads, c.keys, c.head}, 3);
  const bool causal = c.queries > 1;
  // Unit roundoff of the type, times a few roundings (inputs, scores, probabilities, result).
  for (const auto& [type, bound] :
       {std::pair{at::kFloat, 4e-6}, {at::kBFloat16, 4 * 0x1p-8}, {at::kHalf, 4 * 0x1p-11}}) {
    const at::Tensor qt = q.to(type), kt = k.to(type), vt = v.to(type);
    EXPECT_LT(RelativeError(CausalAttention(qt, kt, vt), Reference(qt, kt, vt, causal)), bound) << at::toString(type);
  }
}

// Head size 20 fits no vector. The last one needs more than one block of scores: 16 * 1100 * 1100 >
// kScoreBlockElements.
INSTANTIATE_TEST_SUITE_P(Shapes, CausalAttentionTest,
                         ::testing::Values(Case{1, 1, 1, 1}, Case{2, 3, 1, 77}, Case{2, 3, 33, 33},
                                           Case{1, 1, 2, 2, 16}, Case{2, 1, 65, 65, 48}, Case{1, 2, 100, 100, 96},
                                           Case{1, 2, 611, 611, 128}, Case{1, 2, 50, 50, 20}, Case{4, 4, 1100, 1100}));

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

TEST(CausalAttention, DoesNotDependOnTheNumberOfThreads) {
  const at::Tensor q = Random({1, 2, 1100, 64}, 1).to(at::kBFloat16);
  const at::Tensor k = Random({1, 1100, 64}, 2).to(at::kBFloat16);
  const at::Tensor v = Random({1, 1100, 64}, 3).to(at::kBFloat16);
  const int threads_before = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor one = CausalAttention(q, k, v);
  at::set_num_threads(2);  // the queries are split
  const at::Tensor two = CausalAttention(q, k, v);
  at::set_num_threads(threads_before);
  EXPECT_TRUE(one.equal(two));
}

TEST(CausalAttention, KeepsANumberThatIsNone) {
  at::Tensor q = Random({1, 1, 9, 16}, 1).to(at::kBFloat16);
  q.select(2, 4).fill_(std::numeric_limits<double>::quiet_NaN());
  const at::Tensor kv = Random({1, 9, 16}, 2).to(at::kBFloat16);
  const at::Tensor found = CausalAttention(q, kv, kv);
  EXPECT_TRUE(found.select(2, 4).isnan().all().item<bool>());
  EXPECT_FALSE(found.select(2, 5).isnan().any().item<bool>());
}

TEST(VisionAttention, ReadsHeadsInsideWiderRows) {
  // As in the vision tower: [T, N, 3, H, d], from which q, k and v are cut.
  const at::Tensor qkv = Random({2, 71, 3, 2, 64}, 7).to(at::kBFloat16);
  const auto part = [&](std::int64_t i) { return qkv.select(2, i).transpose(1, 2); };
  const at::Tensor inside = VisionAttention(part(0), part(1), part(2));
  const at::Tensor apart = VisionAttention(part(0).contiguous(), part(1).contiguous(), part(2).contiguous());
  EXPECT_TRUE(inside.equal(apart));
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
