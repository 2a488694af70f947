#include "model/kernels/quantized_rows.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "model/kernels/linear.h"
#include "model/kernels/small_linear.h"

namespace tessera {
namespace {

at::Tensor Random(at::IntArrayRef shape, std::uint64_t seed, at::ScalarType type) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions().dtype(at::kFloat))
      .to(type);
}

class QuantizedRows : public ::testing::TestWithParam<at::ScalarType> {};

TEST_P(QuantizedRows, AValueIsOffByAtMostHalfAStep) {
  const at::Tensor weight = Random({37, 203}, 1, GetParam());
  const LinearWeight quantized = QuantizeRows(weight);
  const at::Tensor widened = at::empty({37, 203}, at::TensorOptions().dtype(at::kFloat));
  DequantizeRows(quantized, 0, widened);
  const at::Tensor error = (widened - weight.to(at::kFloat)).abs();
  // The product with the scale is rounded once more.
  EXPECT_LE((error - quantized.scales.unsqueeze(1) * 0.5001).max().item<float>(), 0);
  EXPECT_EQ(quantized.values.abs().amax(1).min().item<int>(), 127) << "each row uses the whole range";
  const at::Tensor part = at::empty({5, 203}, widened.options());
  DequantizeRows(quantized, 20, part);
  EXPECT_TRUE(part.equal(widened.narrow(0, 20, 5)));
}

INSTANTIATE_TEST_SUITE_P(Types, QuantizedRows, ::testing::Values(at::kFloat, at::kBFloat16, at::kHalf));

TEST(QuantizedRows, RowsOfZerosStaySo) {
  const LinearWeight quantized = QuantizeRows(at::zeros({2, 40}));
  EXPECT_EQ(quantized.values.abs().max().item<int>(), 0);
  EXPECT_EQ(quantized.scales.max().item<float>(), 0);
}

TEST(QuantizedRows, WhatIsNotANumberStaysVisible) {
  for (const float broken : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    at::Tensor weight = Random({3, 40}, 2, at::kFloat);
    weight[1][7] = broken;
    for (const std::int64_t rows : {std::int64_t{1}, kSmallLinearRows + 1}) {
      for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
        const at::Tensor y = Linear(Random({rows, 40}, 3, type), QuantizeRows(weight));
        EXPECT_TRUE(std::isnan(y[0][1].item<float>()));
        EXPECT_TRUE(std::isfinite(y[0][0].item<float>()));
      }
    }
  }
}

TEST(QuantizedRows, FewAndManyRowsGiveTheSameProducts) {
  const LinearWeight weight = QuantizeRows(Random({700, 512}, 4, at::kBFloat16));
  const at::Tensor exact = weight.values.to(at::kDouble) * weight.scales.to(at::kDouble).unsqueeze(1);
  for (const auto& [type, bound] : {std::pair{at::kFloat, 1e-6}, {at::kBFloat16, 0x1p-8}, {at::kHalf, 0x1p-11}}) {
    const at::Tensor x = Random({kSmallLinearRows + 8, 512}, 5, type);
    const at::Tensor expected = x.to(at::kDouble).matmul(exact.t());
    for (const std::int64_t rows : {std::int64_t{1}, kSmallLinearRows, kSmallLinearRows + 8}) {
      const at::Tensor y = Linear(x.narrow(0, 0, rows), weight).to(at::kDouble);
      const at::Tensor wanted = expected.narrow(0, 0, rows);
      EXPECT_LT(((y - wanted).norm() / wanted.norm()).item<double>(), bound) << type << ", " << rows << " rows";
    }
  }
}

}  // namespace
}  // namespace tessera
