#include "model/kernels/row_arithmetic.h"

#include <algorithm>
#include <cstring>

#include "model/kernels/exp_of_negative.h"

namespace tessera {
namespace {

using Lanes = float __attribute__((vector_size(32)));
constexpr std::int64_t kLanes = 8;

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
