// Tiles of attention in bfloat16, shared by the files that are built with -mavx512bf16. Everything is in an unnamed
// namespace and nothing inline of another header is used, so that no instantiation is shared with a file built for
// lesser processors: the linker could hand either of them to the other.
//
// A tile is up to 6 queries against 64 keys (or 64 elements of the values): 24 sums in registers. Keys and values are
// first repacked so that a register holds pairs for 16 sums, and so that a tile reads memory in one stream: keys as
// [block of 64 keys][head / 2][64 keys][2], values as [block of 64 elements][keys / 2][64 elements][2]. The last block
// is narrower, a multiple of 16.
#pragma once

#include "model/kernels/avx512_bf16_math.h"

namespace tessera {
namespace {

constexpr int kTileRows = 6, kTileVectors = 4, kTileWidth = kTileVectors * kLanes;

inline __m256i Load16(const std::uint16_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
inline void StoreRounded(__m512 x, std::uint16_t* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), (__m256i)_mm512_cvtneps_pbh(x));
}
inline __m512 NoScore() { return _mm512_set1_ps(-__builtin_inff()); }

/// Width of the block from `begin` on, of `total` keys or elements.
inline std::int64_t BlockWidth(std::int64_t total, std::int64_t begin) {
  return Smaller(kTileWidth, RoundUp(total - begin, kLanes));
}

/// Repacks [keys, head]; keys past the last are zero. Writes RoundUp(keys, 16) * head / 2 pairs.
inline void PackKeys(const std::uint16_t* from, std::int64_t stride, std::int64_t keys, std::int64_t head,
                     std::uint32_t* packed) {
  const std::int64_t pairs = head / 2;
  for (std::int64_t block = 0; block < keys; block += kTileWidth) {
    const std::int64_t width = BlockWidth(keys, block);
    for (std::int64_t key = 0; key < width; ++key) {
      const bool exists = block + key < keys;
      const std::uint16_t* const row = from + (block + key) * stride;
      for (std::int64_t pair = 0; pair < pairs; ++pair) {
        std::uint32_t bits = 0;
        if (exists) __builtin_memcpy(&bits, row + 2 * pair, sizeof bits);
        packed[pair * width + key] = bits;
      }
    }
    packed += pairs * width;
  }
}

/// Repacks [keys, head]; a last key without a pair gets zeros. Writes RoundUp(keys, 2) * head / 2 pairs.
inline void PackValues(const std::uint16_t* from, std::int64_t stride, std::int64_t keys, std::int64_t head,
                       std::uint32_t* packed) {
  for (std::int64_t block = 0; block < head; block += kTileWidth) {
    const std::int64_t width = BlockWidth(head, block);
    for (std::int64_t key = 0; key < keys; key += 2) {
      const std::uint16_t* const even = from + key * stride + block;
      for (std::int64_t i = 0; i < width; i += kLanes) {
        __m512i pair = _mm512_cvtepu16_epi32(Load16(even + i));
        if (key + 1 < keys) {
          pair = _mm512_or_si512(pair, _mm512_slli_epi32(_mm512_cvtepu16_epi32(Load16(even + stride + i)), 16));
        }
        _mm512_storeu_si512(packed, pair);
        packed += kLanes;
      }
    }
  }
}

/// Adds to `results` the sums over `pairs` pairs of kRows rows of `a` (row stride in elements) times kVectors vectors
/// of `b` per pair.
template <int kRows, int kVectors>
void MultiplyTile(const std::uint16_t* a, std::int64_t a_stride, const std::uint32_t* b, std::int64_t b_stride,
                  std::int64_t pairs, __m512 (&results)[kRows][kVectors]) {
  __m512 sums[kRows][kVectors];  // local: sums behind a reference would be stored in every step
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) sums[r][v] = results[r][v];
  }
  for (std::int64_t pair = 0; pair < pairs; ++pair, b += b_stride) {
    __m512bh vectors[kVectors];
    for (int v = 0; v < kVectors; ++v) vectors[v] = (__m512bh)_mm512_loadu_si512(b + v * kLanes);
    for (int r = 0; r < kRows; ++r) {
      const __m512bh both = BroadcastPair(a + r * a_stride + 2 * pair);
      for (int v = 0; v < kVectors; ++v) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], both, vectors[v]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) results[r][v] = sums[r][v];
  }
}

/// How products become scores.
struct ScoreRule {
  std::int64_t head;
  float scale;          // multiplies the rounded product, then rounded again; 1: no second rounding
  std::int64_t stride;  // from one row of scores to the next
};

/// 16 scores of products, of which the first `seen` count; `most` follows the largest.
inline __m512 FinishScores(__m512 product, float scale, std::int64_t seen, __m512& most) {
  __m512 score = RoundToBf16(product);
  if (scale != 1) score = RoundToBf16(_mm512_mul_ps(score, _mm512_set1_ps(scale)));
  if (seen < kLanes) {
    const auto later = static_cast<__mmask16>(seen <= 0 ? 0xFFFFu : 0xFFFFu << seen);
    score = _mm512_mask_mov_ps(score, later, NoScore());
  }
  most = _mm512_max_ps(most, score);
  return score;
}

/// Rounded scores of kRows queries [kRows, head] against 16 kVectors keys from number `key` on; row r sees the first
/// seen[r] keys. `scores` starts at key 0; largest: [kRows, kLanes], the largest score so far, per lane.
template <int kRows, int kVectors>
void ScoreTile(const ScoreRule& rule, const std::uint16_t* q, const std::uint32_t* keys, std::int64_t keys_stride,
               std::int64_t key, const std::int64_t* seen, float* scores, float* largest) {
  __m512 sums[kRows][kVectors] = {};
  MultiplyTile<kRows, kVectors>(q, rule.head, keys, keys_stride, rule.head / 2, sums);
  for (std::int64_t r = 0; r < kRows; ++r) {
    __m512 most = _mm512_loadu_ps(largest + r * kLanes);
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t first = key + v * kLanes;
      _mm512_storeu_ps(scores + r * rule.stride + first, FinishScores(sums[r][v], rule.scale, seen[r] - first, most));
    }
    _mm512_storeu_ps(largest + r * kLanes, most);
  }
}

/// Softmax of `keys` scores (a multiple of 16), in place; the result is bfloat16, padded with zeros to a multiple
/// of 32.
inline void SoftmaxRow(float* scores, const float* largest, std::int64_t keys) {
  const float log2_e = 1.44269504f;
  const __m512 slope = _mm512_set1_ps(log2_e);
  const __m512 offset = _mm512_set1_ps(-log2_e * _mm512_reduce_max_ps(_mm512_loadu_ps(largest)));
  __m512 total = _mm512_setzero_ps();
  for (std::int64_t i = 0; i < keys; i += kLanes) {
    const __m512 power = Exp2(_mm512_fmadd_ps(_mm512_loadu_ps(scores + i), slope, offset));
    total = _mm512_add_ps(total, power);
    _mm512_storeu_ps(scores + i, power);
  }
  const __m512 factor = _mm512_set1_ps(1 / _mm512_reduce_add_ps(total));
  for (std::int64_t i = 0; i < keys; i += 2 * kLanes) {
    const __m512 low = _mm512_mul_ps(_mm512_loadu_ps(scores + i), factor);
    const __m512 high =
        i + kLanes < keys ? _mm512_mul_ps(_mm512_loadu_ps(scores + i + kLanes), factor) : _mm512_setzero_ps();
    // Written at half the distance that was read: never ahead of the reading.
    _mm512_storeu_si512(scores + i / 2, (__m512i)_mm512_cvtne2ps_pbh(high, low));
  }
}

/// Calls run.operator()<n>(done) until `vectors` are done, with n of them at a time, at most kTileVectors.
template <typename Run>
void ForVectors(std::int64_t vectors, const Run& run) {
  std::int64_t done = 0;
  for (; done + kTileVectors <= vectors; done += kTileVectors) run.template operator()<kTileVectors>(done);
  if (vectors - done == 3) run.template operator()<3>(done);
  if (vectors - done == 2) run.template operator()<2>(done);
  if (vectors - done == 1) run.template operator()<1>(done);
}

}  // namespace
}  // namespace tessera
