// Matrix products with weights, as all layers use them.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/kernels/linear_weight.h"
#include "model/kernels/matrix_weight.h"

namespace tessera {

/// x weight^T + bias, in the type of x. x: [..., K], weight: [N, K], bias: [N] or undefined -> [..., N].
/// Weights are of the type of x, or, where x is float32, of any floating point type: they are widened on the way, and
/// the result is the one of a float32 copy. On the CPU they may be int8: few rows are multiplied with them as they are,
/// many with their values rounded to the type of x.
/// On the CPU up to kSmallLinearRows rows go to SmallLinear, where a row's value does not depend on the other rows;
/// more rows to WidenedLinear or ATen, products on a GPU to ATen. Float16 is multiplied in float32 on the CPU, and the
/// result is rounded once: few processors have float16 arithmetic.
at::Tensor Linear(const at::Tensor& x, const LinearWeight& weight, const at::Tensor& bias = {});

/// The same with SmallLinear for any number of rows, where that can take the product (see CanMultiplyRows): slower than
/// Linear for hundreds of rows, but each row is what it would be alone. Elsewhere the same as Linear.
at::Tensor RowLinear(const at::Tensor& x, const LinearWeight& weight, const at::Tensor& bias = {});

/// How the rows of a product may be summed: as is fastest, or each as it would be alone (Linear and RowLinear). With a
/// repacked weight both are the same.
enum class RowSums { kFastest, kIndependent };

/// x weight^T + bias. x: [..., K], bias: [N] or undefined -> [..., N].
at::Tensor Linear(const at::Tensor& x, const MatrixWeight& weight, const at::Tensor& bias = {},
                  RowSums sums = RowSums::kFastest);

/// gelu(x weight^T + bias), with the error function.
at::Tensor LinearGelu(const at::Tensor& x, const MatrixWeight& weight, const at::Tensor& bias);

/// residual + scale * (x weight^T + bias). bias, scale: [N] or undefined; residual: [..., N], without gaps.
at::Tensor LinearAdd(const at::Tensor& x, const MatrixWeight& weight, const at::Tensor& bias, const at::Tensor& scale,
                     const at::Tensor& residual, RowSums sums = RowSums::kFastest);

/// silu(x gate^T) * (x up^T). x: [..., K] -> [..., I].
at::Tensor GatedLinear(const at::Tensor& x, const GatedWeight& weight, RowSums sums = RowSums::kFastest);

/// True when RowLinear makes the rows of products with activations of this type on this device independent.
bool CanMultiplyRows(at::ScalarType type, at::Device device);

}  // namespace tessera
