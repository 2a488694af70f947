// How many rows the matrix products of the language model see.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/kernels/linear.h"

namespace tessera {

/// Rows of a pass are filled up to a multiple of this where RowLinear does not make rows independent. The matrix
/// library sums the last one to three rows of a float32 product in another order than the rest; with whole blocks of
/// rows, a row's value does not depend on how many others there are.
inline constexpr std::int64_t kRowQuantum = 8;

inline std::int64_t PaddedRows(std::int64_t rows, at::ScalarType type, at::Device device) {
  return CanMultiplyRows(type, device) ? rows : (rows + kRowQuantum - 1) / kRowQuantum * kRowQuantum;
}

}  // namespace tessera
