// Weights of matrix products in the layout that the processor multiplies fastest.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/kernels/linear_weight.h"

namespace tessera {

/// A matrix [N, K]: as it is, or repacked (see packed_linear.h).
struct MatrixWeight {
  LinearWeight plain;          // [N, K]; no values when repacked
  at::Tensor panels;         // undefined when plain
  std::int64_t columns = 0;  // N
  std::int64_t depth = 0;    // K
};

/// The two matrices [I, K] of a gated product: as they are, or repacked together.
struct GatedWeight {
  LinearWeight gate, up;       // [I, K]; no values when repacked
  at::Tensor panels;         // undefined when plain
  std::int64_t columns = 0;  // I
  std::int64_t depth = 0;    // K
};

/// Weights as they are.
MatrixWeight HoldMatrix(const LinearWeight& plain);
GatedWeight HoldGated(const LinearWeight& gate, const LinearWeight& up);

/// Weights for products with activations of the same type. Repacks bfloat16 on a CPU with AVX-512 BF16: a copy of the
/// values, after which `plain` is not needed. Holds any other matrix.
MatrixWeight MakeMatrixWeight(const at::Tensor& plain);
GatedWeight MakeGatedWeight(const at::Tensor& gate, const at::Tensor& up);

}  // namespace tessera
