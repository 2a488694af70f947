#include "model/kernels/shared_prefix_attention.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "model/kernels/attention.h"

namespace tessera {
namespace {

constexpr std::int64_t kHead = 40;  // not a multiple of 16
constexpr std::int64_t kKvHeads = 2;
constexpr std::int64_t kGroupHeads = 3;

at::Tensor Random(at::IntArrayRef shape, std::uint64_t seed, at::ScalarType type) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat))
      .to(type);
}

/// Two sequences behind a prefix of 131 tokens (two whole blocks of keys and a part), one without.
struct Pass {
  at::Tensor q, tail_keys, tail_values, prefix_keys, prefix_values;
  std::vector<PrefixRows> groups;
};

Pass MakePass(at::ScalarType type) {
  Pass pass{.q = Random({12, kKvHeads, kGroupHeads, kHead}, 1, type),
            .tail_keys = Random({200, kKvHeads, kHead}, 2, type),
            .tail_values = Random({200, kKvHeads, kHead}, 3, type),
            .prefix_keys = Random({kKvHeads, 131, kHead}, 4, type),
            .prefix_values = Random({kKvHeads, 131, kHead}, 5, type)};
  pass.groups.push_back({.keys = pass.prefix_keys.transpose(1, 2).contiguous(),
                         .values = pass.prefix_values,
                         .tails = {{.first_row = 0, .rows = 5, .first_token = 10, .tokens = 5},
                                   {.first_row = 5, .rows = 1, .first_token = 40, .tokens = 7}}});
  pass.groups.push_back({.tails = {{.first_row = 6, .rows = 4, .first_token = 100, .tokens = 4}}});
  return pass;
}

/// CausalAttention over prefix and tail in one piece, for the last row of a sequence: [K, g, d].
at::Tensor LastRow(const Pass& pass, const PrefixRows& group, const TailRows& tail) {
  const auto whole = [&](const at::Tensor& prefix, const at::Tensor& tails) {
    const at::Tensor own = tails.narrow(0, tail.first_token, tail.tokens).transpose(0, 1);
    return group.keys.defined() ? at::cat({prefix, own}, 1) : own.contiguous();
  };
  const at::Tensor q = pass.q[tail.first_row + tail.rows - 1].unsqueeze(2);
  return CausalAttention(q, whole(pass.prefix_keys, pass.tail_keys), whole(pass.prefix_values, pass.tail_values))
      .squeeze(2);
}

double RelativeError(const at::Tensor& found, const at::Tensor& expected) {
  return ((found.to(at::kDouble) - expected.to(at::kDouble)).norm() / expected.to(at::kDouble).norm()).item<double>();
}

TEST(SharedPrefixAttention, EqualsAttentionOverPrefixAndTailInOnePiece) {
  // Unit roundoff of the type, times a few roundings (scores, probabilities, result).
  for (const auto& [type, bound] :
       {std::pair{at::kFloat, 4e-6}, {at::kBFloat16, 4 * 0x1p-8}, {at::kHalf, 4 * 0x1p-11}}) {
    const Pass pass = MakePass(type);
    const at::Tensor fast = SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups);
    const at::Tensor merged = MergedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups);
    for (const PrefixRows& group : pass.groups) {
      for (const TailRows& tail : group.tails) {
        const std::int64_t row = tail.first_row + tail.rows - 1;
        const at::Tensor expected = LastRow(pass, group, tail);
        EXPECT_LT(RelativeError(fast[row], expected), bound) << at::toString(type) << " row " << row;
        EXPECT_LT(RelativeError(merged[row], expected), bound) << at::toString(type) << " row " << row;
      }
    }
    EXPECT_EQ(fast.slice(0, 10).abs().sum().item<float>(), 0) << "rows of no sequence";
  }
}

TEST(SharedPrefixAttention, EarlierRowsDoNotSeeLaterTokens) {
  Pass pass = MakePass(at::kFloat);
  const at::Tensor before = SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups);
  pass.tail_keys[14].fill_(100);  // the last token of the first sequence
  const at::Tensor after = SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups);
  EXPECT_TRUE(before.slice(0, 0, 4).equal(after.slice(0, 0, 4)));
  EXPECT_FALSE(before[4].equal(after[4]));
  EXPECT_TRUE(before.slice(0, 5).equal(after.slice(0, 5)));
}

TEST(SharedPrefixAttention, ARowIsTheSameToTheBitWithoutTheOthers) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const Pass pass = MakePass(type);
    const at::Tensor together = SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups);
    for (const PrefixRows& group : pass.groups) {
      for (const TailRows& tail : group.tails) {
        PrefixRows alone = group;
        alone.tails = {{.first_row = 0, .rows = tail.rows, .first_token = tail.first_token, .tokens = tail.tokens}};
        const at::Tensor q = pass.q.narrow(0, tail.first_row, tail.rows).contiguous();
        EXPECT_TRUE(SharedPrefixAttention(q, pass.tail_keys, pass.tail_values, {&alone, 1})
                        .equal(together.narrow(0, tail.first_row, tail.rows)));
      }
    }
  }
}

}  // namespace
}  // namespace tessera
