#include "model/kernels/packed_linear.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "model/kernels/gated_product.h"
#include "model/kernels/instruction_set.h"
#include "model/kernels/linear.h"
#include "model/kernels/matrix_weight.h"

namespace tessera {
namespace {

at::Tensor Random(at::IntArrayRef shape, std::uint64_t seed, double scale = 1) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat))
      .mul_(scale)
      .to(at::kBFloat16);
}

double RelativeError(const at::Tensor& found, const at::Tensor& expected) {
  const at::Tensor wide = expected.to(at::kDouble);
  return ((found.to(at::kDouble) - wide).norm() / wide.norm()).item<double>();
}

/// Roundings of bfloat16 that a value goes through, each of at most 2^-8 relative.
constexpr double RoundingBound(int roundings) { return roundings * 0x1p-8; }

struct Shape {
  std::int64_t rows, columns, depth;
};

std::ostream& operator<<(std::ostream& out, const Shape& s) {
  return out << s.rows << "x" << s.columns << "x" << s.depth;
}

class PackedLinearTest : public ::testing::TestWithParam<Shape> {
 protected:
  void SetUp() override {
    if (BestInstructionSet() != InstructionSet::kAvx512Bf16 || ActiveInstructionSet() != BestInstructionSet()) {
      GTEST_SKIP() << "this processor (or TESSERA_MAX_CPU_ISA) has no AVX-512 BF16: repacked products are not tested";
    }
  }
};

TEST_P(PackedLinearTest, EqualsTheFormula) {
  const auto [rows, columns, depth] = GetParam();
  const at::Tensor w = Random({columns, depth}, 1), bias = Random({columns}, 2), x = Random({rows, depth}, 3);
  const MatrixWeight weight = MakeMatrixWeight(w);
  ASSERT_TRUE(weight.panels.defined());
  const at::Tensor product = x.to(at::kDouble).matmul(w.to(at::kDouble).t());
  EXPECT_LT(RelativeError(Linear(x, weight), product), RoundingBound(1));
  EXPECT_LT(RelativeError(Linear(x, weight, bias), product + bias), RoundingBound(1));
}

TEST_P(PackedLinearTest, FinishesAsTheStepsApart) {
  const auto [rows, columns, depth] = GetParam();
  const at::Tensor x = Random({rows, depth}, 3), bias = Random({columns}, 2), scale = Random({columns}, 4);
  const at::Tensor residual = Random({rows, columns}, 5);
  const MatrixWeight weight = MakeMatrixWeight(Random({columns, depth}, 1, 0.1));
  const at::Tensor product = Linear(x, weight, bias);
  EXPECT_TRUE(LinearAdd(x, weight, bias, {}, residual).equal(product + residual));
  EXPECT_TRUE(LinearAdd(x, weight, bias, scale, residual).equal(product * scale + residual));
  // The two error functions differ by less than 4e-7: where that decides a rounding, by one unit in the last place.
  const at::Tensor gelu = at::gelu(product, "none");
  EXPECT_LT((LinearGelu(x, weight, bias).to(at::kFloat) - gelu.to(at::kFloat)).abs().max().item<float>(),
            0x1p-7 * gelu.to(at::kFloat).abs().max().item<float>());
  EXPECT_LT(RelativeError(LinearGelu(x, weight, bias), gelu), 1e-4);
}

TEST_P(PackedLinearTest, GatesAsTheStepsApart) {
  const auto [rows, columns, depth] = GetParam();
  const at::Tensor x = Random({rows, depth}, 3);
  const at::Tensor gate = Random({columns, depth}, 6, 0.1), up = Random({columns, depth}, 7, 0.1);
  at::Tensor expected = Linear(x, MakeMatrixWeight(gate));
  MultiplyBySilu(expected, Linear(x, MakeMatrixWeight(up)));
  EXPECT_LT(RelativeError(GatedLinear(x, MakeGatedWeight(gate, up)), expected), 1e-4);
}

TEST_P(PackedLinearTest, ARowIsTheSameAloneAndAmongOthersOnAnyNumberOfThreads) {
  const auto [rows, columns, depth] = GetParam();
  const at::Tensor x = Random({rows, depth}, 3);
  const MatrixWeight weight = MakeMatrixWeight(Random({columns, depth}, 1));
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor all = Linear(x, weight);
  at::set_num_threads(3);
  EXPECT_TRUE(Linear(x, weight).equal(all));
  at::set_num_threads(threads);
  for (std::int64_t row = 0; row < rows; row += 5) {
    EXPECT_TRUE(Linear(x.narrow(0, row, 1), weight).equal(all.narrow(0, row, 1))) << "row " << row;
  }
}

// Rows below, at and above a tile of 6 and a task of 768; columns that end within a vector and within a panel; depths
// around the 2048 that a panel holds at a time.
INSTANTIATE_TEST_SUITE_P(Shapes, PackedLinearTest,
                         ::testing::Values(Shape{1, 64, 64}, Shape{7, 70, 2}, Shape{6, 33, 300}, Shape{11, 200, 2048},
                                           Shape{13, 17, 2050}, Shape{50, 100, 4100}, Shape{1025, 64, 66},
                                           Shape{2, 1, 30}));

TEST(MatrixWeight, KeepsWhatCannotBeRepacked) {
  const at::Tensor odd = Random({4, 7}, 1), wide = Random({4, 8}, 1).to(at::kFloat);
  EXPECT_TRUE(MakeMatrixWeight(odd).plain.values.is_same(odd));
  EXPECT_TRUE(MakeMatrixWeight(wide).plain.values.is_same(wide));
  EXPECT_TRUE(MakeGatedWeight(wide, wide).gate.values.is_same(wide));
}

}  // namespace
}  // namespace tessera
