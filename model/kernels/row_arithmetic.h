// Sums over rows of floats whose order depends on nothing but their length.
#pragma once

#include <cstdint>

namespace tessera {

/// Keys that AddKeyBlock takes at a time.
inline constexpr std::int64_t kKeyBlock = 64;

/// scores[j] = sum over c of q[c] * keys[c * stride + j], for j < kKeyBlock.
void KeyBlockScores(const float* q, const float* keys, std::int64_t stride, std::int64_t head, float* scores);

/// Sum over c < head of a[c] * b[c].
float DotProduct(const float* a, const float* b, std::int64_t head);

/// out[c] += sum over j < count of weights[j] * rows[j * stride + c], for c < head, in the order of j.
void AddWeightedRows(const float* weights, const float* rows, std::int64_t stride, std::int64_t count,
                     std::int64_t head, float* out);

/// Replaces `count` scores by their softmax; exp is exact to two units in the last place.
void SoftmaxInPlace(float* scores, std::int64_t count);

}  // namespace tessera
