// From the working type to float and back, in forms that compilers vectorise.
#pragma once

#include <c10/util/BFloat16.h>

#include <bit>
#include <cstdint>
#include <type_traits>

#include "model/kernels/exp_of_negative.h"

namespace tessera {

template <typename T>
TESSERA_INLINE float ToFloat(T value) {
  return static_cast<float>(value);
}

TESSERA_INLINE float ToFloat(c10::BFloat16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.x) << 16);
}

/// To the nearest value of the type, ties to even; a NaN stays one.
template <typename T>
TESSERA_INLINE T RoundTo(float value) {
  if constexpr (std::is_same_v<T, c10::BFloat16>) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t nearest = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    const std::uint32_t result = (bits & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FC0u : nearest;
    return {static_cast<std::uint16_t>(result), c10::BFloat16::from_bits()};
  } else {
    return static_cast<T>(value);
  }
}

}  // namespace tessera
