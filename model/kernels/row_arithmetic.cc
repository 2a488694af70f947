#include "model/kernels/row_arithmetic.h"

#include <algorithm>
#include <bit>
#include <cstring>

// Each function is compiled twice, and the processor chooses when the program starts. Sanitizers start before that
// choice can be made.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define TESSERA_FOR_EACH_PROCESSOR __attribute__((target_clones("arch=haswell", "default")))
#else
#define TESSERA_FOR_EACH_PROCESSOR
#endif

namespace tessera {
namespace {

using Lanes = float __attribute__((vector_size(32)));
constexpr std::int64_t kLanes = 8;

#define TESSERA_INLINE __attribute__((always_inline)) inline

TESSERA_INLINE void Load(const float* from, Lanes* to) { std::memcpy(to, from, sizeof(Lanes)); }
TESSERA_INLINE void Store(const Lanes* from, float* to) { std::memcpy(to, from, sizeof(Lanes)); }

/// AddWeightedRows for kCount * kLanes values of each row, which stay in registers.
template <int kCount>
TESSERA_INLINE void AddColumns(const float* weights, const float* rows, std::int64_t stride, std::int64_t count,
                               float* out) {
  Lanes sums[kCount];
#pragma GCC unroll 8
  for (int i = 0; i < kCount; ++i) Load(out + i * kLanes, &sums[i]);
  for (std::int64_t j = 0; j < count; ++j) {
    const float weight = weights[j];
    const float* row = rows + j * stride;
#pragma GCC unroll 8
    for (int i = 0; i < kCount; ++i) {
      Lanes values;
      Load(row + i * kLanes, &values);
      sums[i] += weight * values;
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kCount; ++i) Store(&sums[i], out + i * kLanes);
}

/// e^x for x <= 0 (Cephes expf: x = n ln 2 + r, a polynomial in r, times 2^n), in a form that compilers vectorise.
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

}  // namespace

TESSERA_FOR_EACH_PROCESSOR
void KeyBlockScores(const float* q, const float* keys, std::int64_t stride, std::int64_t head, float* scores) {
  constexpr int kCount = kKeyBlock / kLanes;
  Lanes sums[kCount] = {};
  for (std::int64_t c = 0; c < head; ++c) {
    const float factor = q[c];
    const float* row = keys + c * stride;
#pragma GCC unroll 8
    for (int i = 0; i < kCount; ++i) {
      Lanes values;
      Load(row + i * kLanes, &values);
      sums[i] += factor * values;
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kCount; ++i) Store(&sums[i], scores + i * kLanes);
}

TESSERA_FOR_EACH_PROCESSOR
float DotProduct(const float* a, const float* b, std::int64_t head) {
  Lanes sums = {};
  std::int64_t c = 0;
  for (; c + kLanes <= head; c += kLanes) {
    Lanes x, y;
    Load(a + c, &x);
    Load(b + c, &y);
    sums += x * y;
  }
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += sums[i];
  for (; c < head; ++c) sum += a[c] * b[c];
  return sum;
}

TESSERA_FOR_EACH_PROCESSOR
void AddWeightedRows(const float* weights, const float* rows, std::int64_t stride, std::int64_t count,
                     std::int64_t head, float* out) {
  std::int64_t c = 0;
  for (; c + 8 * kLanes <= head; c += 8 * kLanes) AddColumns<8>(weights, rows + c, stride, count, out + c);
  for (; c + 4 * kLanes <= head; c += 4 * kLanes) AddColumns<4>(weights, rows + c, stride, count, out + c);
  for (; c + kLanes <= head; c += kLanes) AddColumns<1>(weights, rows + c, stride, count, out + c);
  for (; c < head; ++c) {
    for (std::int64_t j = 0; j < count; ++j) out[c] += weights[j] * rows[j * stride + c];
  }
}

TESSERA_FOR_EACH_PROCESSOR
void SoftmaxInPlace(float* scores, std::int64_t count) {
  float largest = scores[0];
  for (std::int64_t j = 1; j < count; ++j) largest = std::max(largest, scores[j]);
  for (std::int64_t j = 0; j < count; ++j) scores[j] = ExpOfNegative(scores[j] - largest);
  Lanes sums = {};
  std::int64_t j = 0;
  for (; j + kLanes <= count; j += kLanes) {
    Lanes values;
    Load(scores + j, &values);
    sums += values;
  }
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += sums[i];
  for (; j < count; ++j) sum += scores[j];
  for (j = 0; j < count; ++j) scores[j] /= sum;
}

}  // namespace tessera
