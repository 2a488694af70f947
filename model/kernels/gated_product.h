// The gate of the language model's MLP.
#pragma once

#include <ATen/core/Tensor.h>

namespace tessera {

/// silu(gate) * up, written to `gate`; both of the same shape and type, without gaps. In 16-bit types silu is rounded
/// before the product, as in the reference. On the CPU a value depends on its two arguments alone: the tensor library's
/// silu gives the last elements of a buffer, or of a thread's part of it, other last bits.
void MultiplyBySilu(at::Tensor& gate, const at::Tensor& up);

}  // namespace tessera
