// Matrix products with weights, as all layers use them.
#pragma once

#include <ATen/core/Tensor.h>

namespace tessera {

/// x weight^T + bias, in the type of x. x: [..., K], weight: [N, K], bias: [N] or undefined -> [..., N].
/// Weights are of the type of x, or, where x is float32, of any floating point type: they are widened on the way.
/// On the CPU up to kSmallLinearRows rows go to SmallLinear, where a row's value does not depend on the other rows;
/// more rows, and products on a GPU, to ATen. Float16 is multiplied in float32 on the CPU, and the result is rounded
/// once: few processors have float16 arithmetic.
at::Tensor Linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias = {});

}  // namespace tessera
