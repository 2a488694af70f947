// Weights in int8, a scale per row.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/kernels/linear_weight.h"

namespace tessera {

/// `weight` [N, K] (float32, bfloat16 or float16, contiguous, on the CPU) in int8, on ATen's threads. A row's scale is
/// its largest magnitude / 127, and each value is the nearest multiple of it. A row with a value that is not finite has
/// a scale that is not, so that what is multiplied with it is not a number either.
LinearWeight QuantizeRows(const at::Tensor& weight);

/// Writes rows [first, first + out.size(0)) of an int8 weight to `out`, contiguous: scale times value, rounded to the
/// type of `out` (float32 or bfloat16).
void DequantizeRows(const LinearWeight& weight, std::int64_t first, const at::Tensor& out);

}  // namespace tessera
