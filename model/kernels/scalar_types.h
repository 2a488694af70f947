// Single numbers in 16-bit types, for files that are built with F16C. Each such file includes it once, inside its own
// unnamed namespace's reach: everything here has internal linkage.
#pragma once

#include <immintrin.h>

#include "model/kernels/small_linear_columns.h"

namespace tessera {
namespace {

inline float WidenScalar(float value) { return value; }
inline float WidenScalar(Bf16 value) { return __builtin_bit_cast(float, static_cast<std::uint32_t>(value.bits) << 16); }
inline float WidenScalar(F16 value) { return _cvtsh_ss(value.bits); }

template <typename T>
T RoundScalar(float value);
template <>
[[maybe_unused]] float RoundScalar<float>(float value) {
  return value;
}
template <>
[[maybe_unused]] Bf16 RoundScalar<Bf16>(float value) {
  if (value != value) return {0x7FC0};
  const auto bits = __builtin_bit_cast(std::uint32_t, value);
  return {static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)};
}
template <>
[[maybe_unused]] F16 RoundScalar<F16>(float value) {
  return {static_cast<std::uint16_t>(_cvtss_sh(value, _MM_FROUND_TO_NEAREST_INT))};
}

}  // namespace
}  // namespace tessera
