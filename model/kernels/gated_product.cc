#include "model/kernels/gated_product.h"

#include <ATen/Parallel.h>
#include <ATen/ops/silu.h>
#include <c10/util/Half.h>

#include <cmath>
#include <stdexcept>

#include "model/kernels/rounding.h"

namespace tessera {
namespace {

constexpr std::int64_t kGrain = 16384;  // elements that are worth a thread

TESSERA_INLINE float Silu(float x) {
  const float e = ExpOfNegative(-std::fabs(x));
  return (x < 0 ? x * e : x) / (1.0f + e);
}

template <typename T>
TESSERA_INLINE void Multiply(T* gate, const T* up, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    gate[i] = RoundTo<T>(ToFloat(RoundTo<T>(Silu(ToFloat(gate[i])))) * ToFloat(up[i]));
  }
}

TESSERA_FOR_EACH_PROCESSOR
void MultiplyFloat(float* gate, const float* up, std::int64_t count) { Multiply(gate, up, count); }

TESSERA_FOR_EACH_PROCESSOR
void MultiplyBFloat16(c10::BFloat16* gate, const c10::BFloat16* up, std::int64_t count) { Multiply(gate, up, count); }

TESSERA_FOR_EACH_PROCESSOR
void MultiplyHalf(c10::Half* gate, const c10::Half* up, std::int64_t count) { Multiply(gate, up, count); }

template <typename T>
void Run(void (*multiply)(T*, const T*, std::int64_t), at::Tensor& gate, const at::Tensor& up) {
  T* const to = gate.mutable_data_ptr<T>();
  const T* const from = up.const_data_ptr<T>();
  at::parallel_for(0, gate.numel(), kGrain,
                   [&](std::int64_t begin, std::int64_t end) { multiply(to + begin, from + begin, end - begin); });
}

}  // namespace

void MultiplyBySilu(at::Tensor& gate, const at::Tensor& up) {
  if (!gate.is_cpu()) {
    at::silu_(gate);
    gate.mul_(up);
    return;
  }
  if (gate.sizes() != up.sizes() || gate.scalar_type() != up.scalar_type() || !gate.is_contiguous() ||
      !up.is_contiguous()) {
    throw std::invalid_argument("MultiplyBySilu: expected two tensors of one shape and type, without gaps");
  }
  switch (gate.scalar_type()) {
    case at::kFloat:
      return Run<float>(MultiplyFloat, gate, up);
    case at::kBFloat16:
      return Run<c10::BFloat16>(MultiplyBFloat16, gate, up);
    case at::kHalf:
      return Run<c10::Half>(MultiplyHalf, gate, up);
    default:
      throw std::invalid_argument("MultiplyBySilu: expected floating point numbers");
  }
}

}  // namespace tessera
