#include "model/kernels/norm.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/rsqrt.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <cmath>

#include "model/kernels/rounding.h"

namespace tessera {
namespace {

constexpr std::int64_t kGrainElements = 32768;  // worth a thread
constexpr std::int64_t kLanes = 32;             // partial sums, so that a row is summed in vectors

template <typename T>
TESSERA_INLINE void NormRow(const T* x, const T* weight, float eps, std::int64_t width, T* y) {
  float sums[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    for (std::int64_t j = 0; j < kLanes; ++j) sums[j] += ToFloat(x[i + j]) * ToFloat(x[i + j]);
  }
  float sum = 0;
  for (std::int64_t j = 0; j < kLanes; ++j) sum += sums[j];
  for (; i < width; ++i) sum += ToFloat(x[i]) * ToFloat(x[i]);
  const float scale = 1 / std::sqrt(sum / static_cast<float>(width) + eps);
  // The rounding comes before the weight: in reduced precision the product is rounded twice, as in the reference.
  for (i = 0; i < width; ++i) y[i] = RoundTo<T>(ToFloat(RoundTo<T>(ToFloat(x[i]) * scale)) * ToFloat(weight[i]));
}

TESSERA_FOR_EACH_PROCESSOR
void NormFloat(const float* x, const float* weight, float eps, std::int64_t width, float* y) {
  NormRow(x, weight, eps, width, y);
}

TESSERA_FOR_EACH_PROCESSOR
void NormBFloat16(const c10::BFloat16* x, const c10::BFloat16* weight, float eps, std::int64_t width,
                  c10::BFloat16* y) {
  NormRow(x, weight, eps, width, y);
}

TESSERA_FOR_EACH_PROCESSOR
void NormHalf(const c10::Half* x, const c10::Half* weight, float eps, std::int64_t width, c10::Half* y) {
  NormRow(x, weight, eps, width, y);
}

template <typename T>
at::Tensor Run(void (*norm)(const T*, const T*, float, std::int64_t, T*), const at::Tensor& x, const at::Tensor& weight,
               double eps) {
  const std::int64_t width = x.size(-1);
  const at::Tensor rows = x.contiguous();
  at::Tensor y = at::empty(x.sizes(), x.options());
  const T* const from = rows.const_data_ptr<T>();
  const T* const scales = weight.const_data_ptr<T>();
  T* const to = y.mutable_data_ptr<T>();
  const std::int64_t grain = std::max<std::int64_t>(1, kGrainElements / width);
  at::parallel_for(0, x.numel() / width, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      norm(from + row * width, scales, static_cast<float>(eps), width, to + row * width);
    }
  });
  return y;
}

}  // namespace

at::Tensor RmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  const bool same_type = x.scalar_type() == weight.scalar_type() && weight.is_contiguous();
  if (x.is_cpu() && same_type && x.numel() > 0) {
    if (x.scalar_type() == at::kFloat) return Run<float>(NormFloat, x, weight, eps);
    if (x.scalar_type() == at::kBFloat16) return Run<c10::BFloat16>(NormBFloat16, x, weight, eps);
    if (x.scalar_type() == at::kHalf) return Run<c10::Half>(NormHalf, x, weight, eps);
  }
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor scale = at::rsqrt(wide.square().mean(-1, /*keepdim=*/true) + eps);
  return (wide * scale).to(x.scalar_type()).mul_(weight);
}

}  // namespace tessera
