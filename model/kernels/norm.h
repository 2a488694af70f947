// Layer normalisations of the two model halves.
#pragma once

#include <ATen/core/Tensor.h>

namespace tessera {

/// RMSNorm over the last dimension: float32 inside, cast to the type of `x`, then times `weight`.
/// x: [..., D], weight: [D]. Source: SPEC section 3.2 (InternRMSNorm, InternLM2RMSNorm).
at::Tensor RmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps);

}  // namespace tessera
