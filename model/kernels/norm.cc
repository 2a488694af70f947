#include "model/kernels/norm.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/rsqrt.h>

namespace tessera {

at::Tensor RmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor scale = at::rsqrt(wide.square().mean(-1, /*keepdim=*/true) + eps);
  // The cast comes before the weight: in reduced precision the product is rounded twice, as in the reference.
  return (wide * scale).to(x.scalar_type()).mul_(weight);
}

}  // namespace tessera
