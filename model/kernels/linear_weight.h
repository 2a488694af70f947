// A weight matrix as products take it.
#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

namespace tessera {

/// [N, K] in a floating type, or in int8 with a scale per row: the weight in row n, column k is scales[n] values[n, k].
struct LinearWeight {
  LinearWeight() = default;
  /// A tensor is a weight wherever one is wanted.
  LinearWeight(at::Tensor floats) : values(std::move(floats)) {}
  LinearWeight(at::Tensor int8, at::Tensor row_scales) : values(std::move(int8)), scales(std::move(row_scales)) {}

  /// Rows [begin, end), not copied.
  LinearWeight Rows(std::int64_t begin, std::int64_t end) const {
    return {values.slice(0, begin, end), scales.defined() ? scales.slice(0, begin, end) : scales};
  }

  at::Tensor values;
  at::Tensor scales;  // [N] float32 for int8 values, else undefined
};

}  // namespace tessera
