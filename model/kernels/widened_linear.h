// Matrix products of many rows with weights that are stored in fewer bits than the arithmetic has.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/kernels/linear_weight.h"

namespace tessera {

/// x weight^T + bias in the type of x, on the CPU. x: [..., K], weight: [N, K] of a narrower type or int8, bias: [N] of
/// the type of x, or undefined -> [..., N]. The weights are widened a block at a time, into scratch of about 8 MiB that
/// stays in the cache while it is multiplied: no widened copy of a matrix exists. The blocks depend on the shape of
/// `weight` alone.
at::Tensor WidenedLinear(const at::Tensor& x, const LinearWeight& weight, const at::Tensor& bias = {});

}  // namespace tessera
