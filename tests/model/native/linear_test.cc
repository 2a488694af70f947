#include "model/kernels/linear.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "model/kernels/small_linear.h"

namespace tessera {
namespace {

at::Tensor Random(at::IntArrayRef shape, std::uint64_t seed, at::ScalarType type) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat))
      .to(type);
}

double RelativeError(const at::Tensor& found, const at::Tensor& expected) {
  return ((found.to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
}

struct Case {
  at::ScalarType x_type, w_type;
  double bound;  // unit roundoff of the result; for float32 of 300 sums
};

class LinearTest : public ::testing::TestWithParam<Case> {};

TEST_P(LinearTest, EqualsTheFormulaOnBothSidesOfTheSmallLimit) {
  const Case c = GetParam();
  const at::Tensor w = Random({70, 300}, 1, c.w_type);
  const at::Tensor bias = Random({70}, 2, c.x_type);
  for (const std::int64_t rows : {std::int64_t{1}, kSmallLinearRows, kSmallLinearRows + 1, std::int64_t{100}}) {
    const at::Tensor x = Random({1, rows, 300}, 3, c.x_type);
    const at::Tensor expected = x.to(at::kDouble).matmul(w.to(at::kDouble).t());
    const at::Tensor without = Linear(x, w), with = Linear(x, w, bias);
    EXPECT_EQ(without.scalar_type(), c.x_type);
    EXPECT_EQ(without.sizes().vec(), (std::vector<std::int64_t>{1, rows, 70}));
    EXPECT_LT(RelativeError(without, expected), c.bound) << rows << " rows";
    EXPECT_LT(RelativeError(with, expected + bias.to(at::kDouble)), c.bound) << rows << " rows and bias";
  }
}

INSTANTIATE_TEST_SUITE_P(Types, LinearTest,
                         ::testing::Values(Case{at::kFloat, at::kFloat, 1e-6}, Case{at::kFloat, at::kBFloat16, 1e-6},
                                           Case{at::kFloat, at::kHalf, 1e-6},
                                           Case{at::kBFloat16, at::kBFloat16, 0x1p-8},
                                           Case{at::kHalf, at::kHalf, 0x1p-11}));

TEST(Linear, TakesRowsThatAreNotContiguous) {
  const at::Tensor x = Random({6, 80}, 4, at::kFloat);
  const at::Tensor w = Random({9, 40}, 5, at::kFloat);
  EXPECT_TRUE(Linear(x.slice(1, 40), w).equal(Linear(x.slice(1, 40).contiguous(), w)));
}

TEST(Linear, GivesNoRowsForNoRows) {
  EXPECT_EQ(Linear(Random({0, 4}, 6, at::kFloat), Random({3, 4}, 7, at::kFloat)).sizes().vec(),
            (std::vector<std::int64_t>{0, 3}));
}

}  // namespace
}  // namespace tessera
