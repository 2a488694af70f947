#include "model/kernels/gated_product.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace tessera {
namespace {

class GatedProduct : public ::testing::TestWithParam<at::ScalarType> {
 protected:
  at::Tensor Random(std::int64_t rows, std::int64_t columns) { return (at::randn({rows, columns}) * 5).to(GetParam()); }
};

TEST_P(GatedProduct, IsTheProductOfTheRoundedGate) {
  at::Tensor gate = Random(7, 333);
  const at::Tensor up = Random(7, 333);
  const at::Tensor wanted = at::silu(gate) * up;
  MultiplyBySilu(gate, up);
  // Two roundings of silu may fall to either side, and so may one of the product: three units in the last place.
  const double unit = GetParam() == at::kFloat ? 1.2e-7 : GetParam() == at::kHalf ? 9.8e-4 : 7.9e-3;
  EXPECT_TRUE(at::allclose(gate.to(at::kFloat), wanted.to(at::kFloat), 3 * unit, 1e-6));
}

TEST_P(GatedProduct, AValueDoesNotDependOnItsPlaceNorOnThreads) {
  const at::Tensor gate = Random(1001, 37);
  const at::Tensor up = Random(1001, 37);
  at::Tensor whole = gate.clone();
  at::set_num_threads(1);
  MultiplyBySilu(whole, up);
  for (const std::int64_t row : {0, 1, 500, 999, 1000}) {
    at::Tensor alone = gate.narrow(0, row, 1).clone();
    MultiplyBySilu(alone, up.narrow(0, row, 1));
    EXPECT_TRUE(alone.equal(whole.narrow(0, row, 1))) << row;
  }
  at::Tensor threaded = gate.clone();
  at::set_num_threads(2);
  MultiplyBySilu(threaded, up);
  EXPECT_TRUE(threaded.equal(whole));
}

TEST_P(GatedProduct, TakesExtremes) {
  at::Tensor gate = at::zeros({1, 4}, GetParam());
  gate[0][0] = 1000;
  gate[0][1] = -1000;
  gate[0][2] = -20;
  const at::Tensor up = at::zeros({1, 4}, GetParam()) + 1;
  MultiplyBySilu(gate, up);
  EXPECT_EQ(gate[0][0].item<float>(), 1000);
  EXPECT_EQ(gate[0][1].item<float>(), 0);
  EXPECT_NEAR(gate[0][2].item<float>(), -20 * 2.0611536e-9, 2e-8);
  EXPECT_EQ(gate[0][3].item<float>(), 0);
}

TEST(GatedProductShapes, AreChecked) {
  at::Tensor gate = at::zeros({2, 3});
  EXPECT_THROW(MultiplyBySilu(gate, at::zeros({3, 2})), std::invalid_argument);
  EXPECT_THROW(MultiplyBySilu(gate, at::zeros({2, 3}, at::kHalf)), std::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Types, GatedProduct, ::testing::Values(at::kFloat, at::kBFloat16, at::kHalf));

}  // namespace
}  // namespace tessera
