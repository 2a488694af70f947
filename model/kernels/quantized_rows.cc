#include "model/kernels/quantized_rows.h"

#include <ATen/ops/empty.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "model/kernels/parallel_tasks.h"

namespace tessera {
namespace {

constexpr std::int64_t kRowsPerTask = 16;
constexpr float kLargest = 127;

/// Writes `count` values of a row and returns their scale.
template <typename T>
float QuantizeRow(const T* row, std::int64_t count, std::int8_t* out) {
  // Without the sign the bits of a number grow with it, infinity and what is not a number behind all others.
  std::int32_t largest_bits = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    largest_bits = std::max(largest_bits, std::bit_cast<std::int32_t>(static_cast<float>(row[i])) & 0x7FFFFFFF);
  }
  const float scale = std::bit_cast<float>(largest_bits) / kLargest;
  const bool is_normal = std::isfinite(scale) && scale >= std::numeric_limits<float>::min();
  const float inverse = 1 / scale;
  // The sum has no room for a fraction: its last bits are the nearest whole number.
  constexpr float kWhole = 0x1.8p23f;
  for (std::int64_t i = 0; i < count; ++i) {
    const float whole = is_normal ? static_cast<float>(row[i]) * inverse + kWhole : kWhole;
    out[i] = static_cast<std::int8_t>(std::bit_cast<std::int32_t>(whole));
  }
  return scale;
}

template <typename T>
void QuantizeAll(const at::Tensor& weight, const LinearWeight& quantized) {
  const std::int64_t rows = weight.size(0), depth = weight.size(1);
  const T* const from = weight.const_data_ptr<T>();
  auto* const values = quantized.values.mutable_data_ptr<std::int8_t>();
  auto* const scales = quantized.scales.mutable_data_ptr<float>();
  ParallelTasks((rows + kRowsPerTask - 1) / kRowsPerTask, [&](std::int64_t task, int /*worker*/) {
    for (std::int64_t n = task * kRowsPerTask; n < std::min(rows, (task + 1) * kRowsPerTask); ++n) {
      scales[n] = QuantizeRow(from + n * depth, depth, values + n * depth);
    }
  });
}

void Store(float value, float* to) { *to = value; }
/// Rounds to nearest, ties to even. `value` is a number or the product of int8 and a scale that is not: infinity and
/// what is not a number keep a set of bits that is neither a number.
void Store(float value, c10::BFloat16* to) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = bits + 0x7FFF + ((bits >> 16) & 1);
  to->x = static_cast<std::uint16_t>(rounded >> 16);
}

template <typename T>
void DequantizeAll(const LinearWeight& weight, std::int64_t first, const at::Tensor& out) {
  const std::int64_t rows = out.size(0), depth = out.size(1);
  const std::int8_t* const values = weight.values.const_data_ptr<std::int8_t>() + first * depth;
  const float* const scales = weight.scales.const_data_ptr<float>() + first;
  T* const to = out.mutable_data_ptr<T>();
  ParallelTasks((rows + kRowsPerTask - 1) / kRowsPerTask, [&](std::int64_t task, int /*worker*/) {
    for (std::int64_t n = task * kRowsPerTask; n < std::min(rows, (task + 1) * kRowsPerTask); ++n) {
      const float scale = scales[n];
      const std::int8_t* const row = values + n * depth;
      for (std::int64_t k = 0; k < depth; ++k) Store(scale * static_cast<float>(row[k]), to + n * depth + k);
    }
  });
}

}  // namespace

LinearWeight QuantizeRows(const at::Tensor& weight) {
  LinearWeight quantized(at::empty(weight.sizes(), weight.options().dtype(at::kChar)),
                         at::empty({weight.size(0)}, weight.options().dtype(at::kFloat)));
  switch (weight.scalar_type()) {
    case at::kFloat:
      QuantizeAll<float>(weight, quantized);
      return quantized;
    case at::kBFloat16:
      QuantizeAll<c10::BFloat16>(weight, quantized);
      return quantized;
    case at::kHalf:
      QuantizeAll<c10::Half>(weight, quantized);
      return quantized;
    default:
      throw std::invalid_argument("QuantizeRows: expected float32, bfloat16 or float16");
  }
}

void DequantizeRows(const LinearWeight& weight, std::int64_t first, const at::Tensor& out) {
  if (out.scalar_type() == at::kFloat) return DequantizeAll<float>(weight, first, out);
  if (out.scalar_type() == at::kBFloat16) return DequantizeAll<c10::BFloat16>(weight, first, out);
  throw std::invalid_argument("DequantizeRows: expected float32 or bfloat16");
}

}  // namespace tessera
