#include "model/kernels/rotary.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "model/language/rope.h"

namespace tessera {
namespace {

at::Tensor Random(at::IntArrayRef shape, std::uint64_t seed, at::ScalarType type) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat))
      .to(type);
}

class RotaryTest : public ::testing::TestWithParam<at::ScalarType> {};

TEST_P(RotaryTest, EqualsTheTensorOperationsToTheBit) {
  constexpr std::int64_t kSequences = 2, kTokens = 5, kBlocks = 3, kBlockHeads = 4, kRotated = 3, kHead = 24;
  const at::Tensor rows = Random({kSequences, kTokens, kBlocks * kBlockHeads * kHead}, 1, GetParam());
  const at::Tensor cos = Random({kTokens, kHead / 2}, 2, GetParam()).repeat({1, 2});
  const at::Tensor sin = Random({kTokens, kHead / 2}, 3, GetParam()).repeat({1, 2});
  at::Tensor rotated = rows.clone();
  RotateHeads(rotated, {.blocks = kBlocks, .block_heads = kBlockHeads, .rotated = kRotated}, cos, sin);

  const auto heads = [&](const at::Tensor& x) { return x.view({kSequences, kTokens, kBlocks, kBlockHeads, kHead}); };
  const at::Tensor expected = Rotate(heads(rows).slice(3, 0, kRotated), cos.view({1, kTokens, 1, 1, kHead}),
                                     sin.view({1, kTokens, 1, 1, kHead}));
  EXPECT_TRUE(heads(rotated).slice(3, 0, kRotated).equal(expected));
  EXPECT_TRUE(heads(rotated).slice(3, kRotated).equal(heads(rows).slice(3, kRotated)));
}

INSTANTIATE_TEST_SUITE_P(Types, RotaryTest, ::testing::Values(at::kFloat, at::kBFloat16, at::kHalf));

TEST(Rotary, RefusesTablesOfAnotherSize) {
  at::Tensor rows = Random({1, 2, 16}, 1, at::kFloat);
  const at::Tensor table = Random({2, 8}, 2, at::kFloat);
  EXPECT_THROW(RotateHeads(rows, {.blocks = 1, .block_heads = 3, .rotated = 1}, table, table), std::invalid_argument);
  EXPECT_THROW(RotateHeads(rows, {.blocks = 1, .block_heads = 2, .rotated = 1}, Random({3, 8}, 2, at::kFloat), table),
               std::invalid_argument);
}

}  // namespace
}  // namespace tessera
