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

constexpr std::int64_t kKvHeads = 2;

/// Head sizes with and without repacked prefixes (multiples of 16 or not), and numbers of query heads per key/value
/// head that fill whole tiles of queries or do not.
struct Sizes {
  std::int64_t head, group_heads, prefix;
};
constexpr Sizes kSizes[] = {{40, 3, 131}, {16, 1, 1}, {48, 3, 131}, {80, 2, 64}, {128, 6, 177}};

at::Tensor Random(at::IntArrayRef shape, std::uint64_t seed, at::ScalarType type) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat))
      .to(type);
}

/// Sequences behind a prefix and without one, that bring many rows (more than a tile, more than a part), few or one.
struct Pass {
  at::Tensor q, tail_keys, tail_values, prefix_keys, prefix_values;
  std::vector<PrefixRows> groups;
};

constexpr std::int64_t kRows = 62;  // of sequences; two more are of none

Pass MakePass(at::ScalarType type, const Sizes& sizes) {
  const std::int64_t head = sizes.head;
  Pass pass{.q = Random({kRows + 2, kKvHeads, sizes.group_heads, head}, 1, type),
            .tail_keys = Random({300, kKvHeads, head}, 2, type),
            .tail_values = Random({300, kKvHeads, head}, 3, type),
            .prefix_keys = Random({kKvHeads, sizes.prefix, head}, 4, type),
            .prefix_values = Random({kKvHeads, sizes.prefix, head}, 5, type)};
  pass.groups.push_back({.prefix = PackPrefix(pass.prefix_keys, pass.prefix_values),
                         .tails = {{.first_row = 0, .rows = 5, .first_token = 10, .tokens = 5},
                                   {.first_row = 5, .rows = 1, .first_token = 40, .tokens = 7},
                                   {.first_row = 6, .rows = 50, .first_token = 150, .tokens = 53},
                                   {.first_row = 56, .rows = 1, .first_token = 210, .tokens = 49}}});
  pass.groups.push_back({.tails = {{.first_row = 57, .rows = 4, .first_token = 100, .tokens = 4},
                                   {.first_row = 61, .rows = 1, .first_token = 110, .tokens = 33}}});
  return pass;
}

/// The groups with prefixes as MergedPrefixAttention takes them.
std::vector<PrefixRows> PlainGroups(const Pass& pass) {
  std::vector<PrefixRows> groups = pass.groups;
  groups[0].prefix.keys = pass.prefix_keys.transpose(1, 2).contiguous();
  groups[0].prefix.values = pass.prefix_values;
  return groups;
}

/// CausalAttention over prefix and tail in one piece, for one row of a sequence: [K, g, d].
at::Tensor ExpectedRow(const Pass& pass, const PrefixRows& group, const TailRows& tail, std::int64_t row) {
  const auto whole = [&](const at::Tensor& prefix, const at::Tensor& tails) {
    const std::int64_t seen = tail.tokens - tail.rows + row + 1;
    const at::Tensor own = tails.narrow(0, tail.first_token, seen).transpose(0, 1);
    return group.prefix.tokens > 0 ? at::cat({prefix, own}, 1) : own.contiguous();
  };
  const at::Tensor q = pass.q[tail.first_row + row].unsqueeze(2);
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
    for (const Sizes& sizes : kSizes) {
      const Pass pass = MakePass(type, sizes);
      const at::Tensor fast = SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups);
      const at::Tensor merged = MergedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, PlainGroups(pass));
      for (const PrefixRows& group : pass.groups) {
        for (const TailRows& tail : group.tails) {
          for (std::int64_t i = (tail.rows - 1) % 7; i < tail.rows; i += 7) {  // the last, and some before it
            const std::int64_t row = tail.first_row + i;
            const at::Tensor expected = ExpectedRow(pass, group, tail, i);
            EXPECT_LT(RelativeError(fast[row], expected), bound)
                << at::toString(type) << " head " << sizes.head << " row " << row;
            EXPECT_LT(RelativeError(merged[row], expected), bound)
                << at::toString(type) << " head " << sizes.head << " row " << row;
          }
        }
      }
      EXPECT_EQ(fast.slice(0, kRows).abs().sum().item<float>(), 0) << "rows of no sequence";
    }
  }
}

TEST(SharedPrefixAttention, EarlierRowsDoNotSeeLaterTokens) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    for (const Sizes& sizes : kSizes) {
      Pass pass = MakePass(type, sizes);
      const at::Tensor before = SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups);
      pass.tail_keys[14].fill_(100);  // the last token of the first sequence
      const at::Tensor after = SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups);
      EXPECT_TRUE(before.slice(0, 0, 4).equal(after.slice(0, 0, 4)));
      EXPECT_FALSE(before[4].equal(after[4]));
      EXPECT_TRUE(before.slice(0, 5).equal(after.slice(0, 5)));
    }
  }
}

TEST(SharedPrefixAttention, ARowIsTheSameToTheBitWithoutTheOthers) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    for (const Sizes& sizes : kSizes) {
      const Pass pass = MakePass(type, sizes);
      const at::Tensor together = SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups);
      for (const PrefixRows& group : pass.groups) {
        for (const TailRows& tail : group.tails) {
          PrefixRows alone = group;
          alone.tails = {{.first_row = 0, .rows = tail.rows, .first_token = tail.first_token, .tokens = tail.tokens}};
          const at::Tensor q = pass.q.narrow(0, tail.first_row, tail.rows).contiguous();
          EXPECT_TRUE(SharedPrefixAttention(q, pass.tail_keys, pass.tail_values, {&alone, 1})
                          .equal(together.narrow(0, tail.first_row, tail.rows)))
              << at::toString(type) << " head " << sizes.head << " row " << tail.first_row;
        }
      }
    }
  }
}

TEST(PackPrefix, TakesPartOfALargerCache) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const Pass pass = MakePass(type, {.head = 48, .group_heads = 3, .prefix = 131});
    const auto in_cache = [](const at::Tensor& t) {  // room for more tokens, as in a KvCache
      at::Tensor cache = at::empty({t.size(0), t.size(1) + 9, t.size(2)}, t.options());
      at::Tensor part = cache.narrow(1, 0, t.size(1));
      part.copy_(t);
      return part;
    };
    std::vector<PrefixRows> groups = pass.groups;
    groups[0].prefix = PackPrefix(in_cache(pass.prefix_keys), in_cache(pass.prefix_values));
    EXPECT_EQ(groups[0].prefix.tokens, 131);
    EXPECT_TRUE(SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, groups)
                    .equal(SharedPrefixAttention(pass.q, pass.tail_keys, pass.tail_values, pass.groups)));
  }
}

}  // namespace
}  // namespace tessera
