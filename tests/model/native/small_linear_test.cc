#include "model/kernels/small_linear.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <tuple>
#include <vector>

namespace tessera {
namespace {

at::ScalarType ScalarTypeOf(ElementType type) {
  if (type == ElementType::kF32) return at::kFloat;
  if (type == ElementType::kI8) return at::kChar;
  return type == ElementType::kBf16 ? at::kBFloat16 : at::kHalf;
}

at::Tensor Random(at::IntArrayRef shape, std::uint64_t seed, ElementType type) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat))
      .mul_(type == ElementType::kI8 ? 40 : 1)  // most of the range of int8
      .to(ScalarTypeOf(type));
}

/// The types of x and w.
using Types = std::pair<ElementType, ElementType>;

/// Of each column, for int8 weights.
at::Tensor Scales(std::int64_t columns) { return at::arange(1, columns + 1, at::kFloat) / 1024; }

at::Tensor Product(const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias, Types types, InstructionSet set) {
  const at::Tensor scales = Scales(w.size(0));
  at::Tensor y = at::empty({x.size(0), w.size(0)}, x.options());
  SmallLinear({.x_type = types.first,
               .w_type = types.second,
               .x = x.const_data_ptr(),
               .w = w.const_data_ptr(),
               .scales = types.second == ElementType::kI8 ? scales.const_data_ptr<float>() : nullptr,
               .bias = bias.defined() ? bias.const_data_ptr() : nullptr,
               .y = y.mutable_data_ptr(),
               .rows = x.size(0),
               .columns = w.size(0),
               .depth = x.size(1)},
              set);
  return y;
}

struct Shape {
  std::int64_t rows, columns, depth;
};

void PrintTo(const Shape& shape, std::ostream* out) {
  *out << shape.rows << " rows, " << shape.columns << " columns, depth " << shape.depth;
}

constexpr Types kBothF32{ElementType::kF32, ElementType::kF32}, kBothBf16{ElementType::kBf16, ElementType::kBf16},
    kBothF16{ElementType::kF16, ElementType::kF16}, kF32Bf16{ElementType::kF32, ElementType::kBf16},
    kF32F16{ElementType::kF32, ElementType::kF16}, kF32I8{ElementType::kF32, ElementType::kI8},
    kBf16I8{ElementType::kBf16, ElementType::kI8}, kF16I8{ElementType::kF16, ElementType::kI8};

class SmallLinearTest : public ::testing::TestWithParam<std::tuple<Types, InstructionSet>> {
 protected:
  void SetUp() override {
    if (set > BestInstructionSet()) GTEST_SKIP() << "this processor has no " << InstructionSetName(set);
  }
  void TearDown() override { at::set_num_threads(threads_before_); }

  Types types = std::get<0>(GetParam());
  InstructionSet set = std::get<1>(GetParam());

 private:
  int threads_before_ = at::get_num_threads();
};

TEST_P(SmallLinearTest, EqualsTheFormula) {
  // Depths and columns around and off the multiples of every vector and block.
  for (const Shape shape : {Shape{1, 1, 1},
                            {1, 5, 7},
                            {2, 24, 32},
                            {3, 25, 33},
                            {5, 50, 100},
                            {8, 7, 64},
                            {9, 3, 2049},
                            {17, 200, 95},
                            {32, 31, 48}}) {
    for (const bool with_bias : {false, true}) {
      const at::Tensor x = Random({shape.rows, shape.depth}, 1, types.first);
      const at::Tensor w = Random({shape.columns, shape.depth}, 2, types.second);
      const at::Tensor bias = with_bias ? Random({shape.columns}, 3, types.first) : at::Tensor();
      at::Tensor expected = x.to(at::kDouble).matmul(w.to(at::kDouble).t());
      at::Tensor magnitude = x.to(at::kDouble).abs().matmul(w.to(at::kDouble).abs().t());
      if (types.second == ElementType::kI8) {
        expected *= Scales(shape.columns);
        magnitude *= Scales(shape.columns);
      }
      if (with_bias) {
        expected += bias.to(at::kDouble);
        magnitude += bias.to(at::kDouble).abs();
      }
      // Any order of adding depth + 1 numbers in float32 is off by at most (depth + 2) 2^-24 of the sum of magnitudes
      // (and the inputs' products are exact, or rounded once more); then the result is rounded to its own type.
      const double roundoff = types.first == ElementType::kF32    ? 0x1p-24
                              : types.first == ElementType::kBf16 ? 0x1p-8
                                                                  : 0x1p-11;
      const at::Tensor bound =
          magnitude * (static_cast<double>(shape.depth + 2) * 0x1p-23) + expected.abs() * roundoff + 1e-30;
      const at::Tensor excess = (Product(x, w, bias, types, set).to(at::kDouble) - expected).abs() - bound;
      EXPECT_LE(excess.max().item<double>(), 0) << ::testing::PrintToString(shape) << (with_bias ? " and bias" : "")
                                                << ", worst at flat index " << excess.argmax().item<std::int64_t>();
    }
  }
}

TEST_P(SmallLinearTest, ARowDependsNeitherOnTheOtherRowsNorOnTheThreads) {
  // At least two tasks per product: 1400 columns of 203 elements are more than 256 KiB.
  const at::Tensor x = Random({kSmallLinearRows, 203}, 4, types.first);
  const at::Tensor w = Random({1400, 203}, 5, types.second);
  at::set_num_threads(1);
  const at::Tensor all = Product(x, w, {}, types, set);
  for (const int threads : {1, 2}) {
    at::set_num_threads(threads);
    for (std::int64_t rows = 1; rows <= kSmallLinearRows; ++rows) {
      EXPECT_TRUE(Product(x.narrow(0, 0, rows), w, {}, types, set).equal(all.narrow(0, 0, rows)))
          << rows << " rows, " << threads << " threads";
    }
    EXPECT_TRUE(Product(x.narrow(0, 13, 1), w, {}, types, set).equal(all.narrow(0, 13, 1))) << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(TypesAndSets, SmallLinearTest,
                         ::testing::Combine(::testing::Values(kBothF32, kBothBf16, kBothF16, kF32Bf16, kF32F16, kF32I8,
                                                              kBf16I8, kF16I8),
                                            ::testing::Values(InstructionSet::kPlain, InstructionSet::kAvx2,
                                                              InstructionSet::kAvx512, InstructionSet::kAvx512Bf16)));

TEST(InstructionSet, NamesAreDistinct) {
  EXPECT_EQ(InstructionSetName(InstructionSet::kPlain), "plain");
  EXPECT_EQ(InstructionSetName(InstructionSet::kAvx2), "avx2");
  EXPECT_EQ(InstructionSetName(InstructionSet::kAvx512), "avx512");
  EXPECT_EQ(InstructionSetName(InstructionSet::kAvx512Bf16), "avx512_bf16");
}

}  // namespace
}  // namespace tessera
