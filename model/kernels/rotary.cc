// Built with -ffp-contract=off: products and sum round apart.
#include "model/kernels/rotary.h"

#include <ATen/Parallel.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <stdexcept>

#include "model/kernels/rounding.h"

namespace tessera {
namespace {

constexpr std::int64_t kGrainElements = 32768;  // worth a thread

template <typename T>
TESSERA_INLINE void RotateHead(T* head, const T* cos, const T* sin, std::int64_t half) {
  const auto product = [](T a, T b) { return ToFloat(RoundTo<T>(ToFloat(a) * ToFloat(b))); };
  for (std::int64_t i = 0; i < half; ++i) {
    const T low = head[i], high = head[half + i];
    head[i] = RoundTo<T>(product(low, cos[i]) - product(high, sin[i]));
    head[half + i] = RoundTo<T>(product(high, cos[i]) + product(low, sin[i]));
  }
}

TESSERA_FOR_EACH_PROCESSOR
void RotateFloat(float* head, const float* cos, const float* sin, std::int64_t half) {
  RotateHead(head, cos, sin, half);
}

TESSERA_FOR_EACH_PROCESSOR
void RotateBFloat16(c10::BFloat16* head, const c10::BFloat16* cos, const c10::BFloat16* sin, std::int64_t half) {
  RotateHead(head, cos, sin, half);
}

TESSERA_FOR_EACH_PROCESSOR
void RotateHalf(c10::Half* head, const c10::Half* cos, const c10::Half* sin, std::int64_t half) {
  RotateHead(head, cos, sin, half);
}

template <typename T>
void Run(void (*rotate)(T*, const T*, const T*, std::int64_t), at::Tensor& rows, const RotaryHeads& heads,
         const at::Tensor& cos, const at::Tensor& sin) {
  const std::int64_t head = cos.size(1), positions = cos.size(0), width = rows.size(-1);
  T* const first = rows.mutable_data_ptr<T>();
  const T* const cosines = cos.const_data_ptr<T>();
  const T* const sines = sin.const_data_ptr<T>();
  const std::int64_t grain = std::max<std::int64_t>(1, kGrainElements / width);
  at::parallel_for(0, rows.numel() / width, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t table = row % positions * head;
      for (std::int64_t block = 0; block < heads.blocks; ++block) {
        for (std::int64_t h = 0; h < heads.rotated; ++h) {
          rotate(first + row * width + (block * heads.block_heads + h) * head, cosines + table, sines + table,
                 head / 2);
        }
      }
    }
  });
}

}  // namespace

void RotateHeads(at::Tensor& rows, const RotaryHeads& heads, const at::Tensor& cos, const at::Tensor& sin) {
  if (!rows.is_contiguous() || !cos.is_contiguous() || !sin.is_contiguous() || rows.size(-2) != cos.size(0) ||
      rows.size(-1) != heads.blocks * heads.block_heads * cos.size(1) || rows.scalar_type() != cos.scalar_type()) {
    throw std::invalid_argument("RotateHeads: the tables do not fit the rows");
  }
  switch (rows.scalar_type()) {
    case at::kFloat:
      return Run<float>(RotateFloat, rows, heads, cos, sin);
    case at::kBFloat16:
      return Run<c10::BFloat16>(RotateBFloat16, rows, heads, cos, sin);
    case at::kHalf:
      return Run<c10::Half>(RotateHalf, rows, heads, cos, sin);
    default:
      throw std::invalid_argument("RotateHeads: expected floating point numbers");
  }
}

}  // namespace tessera
