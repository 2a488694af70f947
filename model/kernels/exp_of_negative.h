// The exponential function of our CPU kernels.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

// A function with this mark is compiled twice, and the processor chooses when the program starts. Sanitizers start
// before that choice can be made.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define TESSERA_FOR_EACH_PROCESSOR __attribute__((target_clones("arch=haswell", "default")))
#else
#define TESSERA_FOR_EACH_PROCESSOR
#endif

#define TESSERA_INLINE __attribute__((always_inline)) inline

namespace tessera {

/// e^x for x <= 0 (Cephes expf: x = n ln 2 + r, a polynomial in r, times 2^n), in a form that compilers vectorise.
/// Unlike the tensor library's, its value does not depend on where in a buffer x stands. Exact to two units in the last
/// place.
TESSERA_INLINE float ExpOfNegative(float x) {
  constexpr float kSmallest = -87.0f;    // below, the result is not a normal number: taken as zero
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float clamped = std::max(x, kSmallest);
  const float n = (clamped * 1.44269504088896341f + kRound) - kRound;
  const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  float y = 1.9875691500e-4f;
  y = y * r + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * r * r + r + 1.0f;
  const float power = std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
  return x < kSmallest ? 0.0f : y * power;
}

}  // namespace tessera
