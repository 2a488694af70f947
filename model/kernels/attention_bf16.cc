// Built with -mavx512bf16; as in small_linear_block.h, nothing inline of another header is used here.
//
// A tile is 6 queries against 64 keys (or 64 elements of the values): 24 sums in registers. Keys and values are first
// repacked so that a register holds pairs for 16 sums: keys as [block of 64 keys][head / 2][64 keys][2], values as
// [keys / 2][head][2]. Both, and the scores of a few tiles, stay in the second-level cache.
#include "model/kernels/attention_bf16.h"

#if defined(__AVX512BF16__)
#include <immintrin.h>

namespace tessera {
namespace {

constexpr int kLanes = 16, kTileRows = 6, kTileVectors = 4, kTileKeys = kTileVectors * kLanes;
constexpr std::int64_t kScoreBytes = 96 << 10;  // scores of one block of queries
constexpr std::int64_t kMostTiles = 8;

std::int64_t RoundUp(std::int64_t value, std::int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }
std::int64_t Smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

/// Row length of the scores: whole pairs of vectors.
std::int64_t ScoreStride(const AttentionShape& shape) { return RoundUp(shape.keys, 2 * kLanes); }

/// Tiles of queries whose scores exist at a time.
std::int64_t BlockTiles(const AttentionShape& shape) {
  const std::int64_t tile_bytes = kTileRows * ScoreStride(shape) * static_cast<std::int64_t>(sizeof(float));
  return Smaller(kMostTiles, 1 + kScoreBytes / (tile_bytes + 1));
}

struct Scratch {
  std::int64_t packed_keys;  // how many keys the next two hold
  std::uint32_t* keys;       // repacked, pairs
  std::uint32_t* values;     // repacked, pairs
  std::uint16_t* q;          // [rows, head], scaled
  float* scores;             // [rows, ScoreStride]; the probabilities take their place, from the start of each row
  float* largest;            // [rows, kLanes]: largest score so far, per lane
};

/// Lays the parts out from `memory` on; returns the end.
std::byte* LayOut(const AttentionShape& shape, std::byte* memory, Scratch& scratch) {
  const auto take = [&memory](std::int64_t bytes) {
    std::byte* const start = memory;
    memory += RoundUp(bytes, 64);
    return start;
  };
  const std::int64_t rows = BlockTiles(shape) * kTileRows;
  scratch.keys = reinterpret_cast<std::uint32_t*>(take(RoundUp(shape.keys, kLanes) * shape.head * 2));
  scratch.values = reinterpret_cast<std::uint32_t*>(take(RoundUp(shape.keys, 2) * shape.head * 2));
  scratch.q = reinterpret_cast<std::uint16_t*>(take(rows * shape.head * 2));
  scratch.scores = reinterpret_cast<float*>(take(rows * ScoreStride(shape) * 4));
  scratch.largest = reinterpret_cast<float*>(take(rows * kLanes * 4));
  return memory;
}

__m512 Widen(__m256i bits) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16)); }
__m512 RoundToBf16(__m512 x) { return Widen((__m256i)_mm512_cvtneps_pbh(x)); }
__m256i Load16(const std::uint16_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }

/// Two neighbouring elements in every lane.
__m512bh BroadcastPair(const std::uint16_t* pair) {
  std::int32_t bits;
  __builtin_memcpy(&bits, pair, sizeof bits);
  return (__m512bh)_mm512_set1_epi32(bits);
}

/// Row length of the repacked block of keys from `block` on, out of `keys` keys.
std::int64_t KeyBlockWidth(std::int64_t keys, std::int64_t block) {
  return Smaller(kTileKeys, RoundUp(keys - block, kLanes));
}

void PackKeys(const AttentionHead& head, const AttentionShape& shape, std::int64_t keys, std::uint32_t* packed) {
  const std::int64_t pairs = shape.head / 2;
  for (std::int64_t block = 0; block < keys; block += kTileKeys) {
    const std::int64_t width = KeyBlockWidth(keys, block);
    for (std::int64_t key = 0; key < width; ++key) {
      const bool exists = block + key < keys;
      const std::uint16_t* const from = head.k + (block + key) * shape.k_stride;
      for (std::int64_t pair = 0; pair < pairs; ++pair) {
        std::uint32_t bits = 0;
        if (exists) __builtin_memcpy(&bits, from + 2 * pair, sizeof bits);
        packed[pair * width + key] = bits;
      }
    }
    packed += pairs * width;
  }
}

void PackValues(const AttentionHead& head, const AttentionShape& shape, std::int64_t keys, std::uint32_t* packed) {
  for (std::int64_t key = 0; key < keys; key += 2) {
    const std::uint16_t* const even = head.v + key * shape.v_stride;
    for (std::int64_t i = 0; i < shape.head; i += kLanes) {
      __m512i pair = _mm512_cvtepu16_epi32(Load16(even + i));
      if (key + 1 < keys) {
        const __m512i odd = _mm512_cvtepu16_epi32(Load16(even + shape.v_stride + i));
        pair = _mm512_or_si512(pair, _mm512_slli_epi32(odd, 16));
      }
      _mm512_storeu_si512(packed, pair);
      packed += kLanes;
    }
  }
}

/// Sums over `pairs` pairs of kTileRows rows of `a` (row stride in elements) times kVectors vectors of `b` per pair.
template <int kVectors>
void MultiplyTile(const std::uint16_t* a, std::int64_t a_stride, const std::uint32_t* b, std::int64_t b_stride,
                  std::int64_t pairs, __m512 (&results)[kTileRows][kVectors]) {
  __m512 sums[kTileRows][kVectors] = {};  // local: sums behind a reference would be stored in every step
  for (std::int64_t pair = 0; pair < pairs; ++pair, b += b_stride) {
    __m512bh vectors[kVectors];
    for (int v = 0; v < kVectors; ++v) vectors[v] = (__m512bh)_mm512_loadu_si512(b + v * kLanes);
    for (int r = 0; r < kTileRows; ++r) {
      const __m512bh both = BroadcastPair(a + r * a_stride + 2 * pair);
      for (int v = 0; v < kVectors; ++v) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], both, vectors[v]);
    }
  }
  for (int r = 0; r < kTileRows; ++r) {
    for (int v = 0; v < kVectors; ++v) results[r][v] = sums[r][v];
  }
}

/// Rounded scores of one tile against the keys [key, key + 16 kVectors); row r sees the first seen + r * step keys.
template <int kVectors>
void ScoreTile(const std::uint16_t* q, const std::uint32_t* keys, const AttentionShape& shape, std::int64_t key,
               std::int64_t keys_stride, std::int64_t seen, std::int64_t step, float* scores, float* largest) {
  __m512 sums[kTileRows][kVectors];
  MultiplyTile<kVectors>(q, shape.head, keys, keys_stride, shape.head / 2, sums);
  const std::int64_t stride = ScoreStride(shape);
  const __m512 scale = _mm512_set1_ps(shape.score_scale);
  for (std::int64_t r = 0; r < kTileRows; ++r) {
    __m512 most = _mm512_loadu_ps(largest + r * kLanes);
    for (int v = 0; v < kVectors; ++v) {
      __m512 score = RoundToBf16(sums[r][v]);
      if (shape.score_scale != 1) score = RoundToBf16(_mm512_mul_ps(score, scale));
      const std::int64_t left = seen + r * step - (key + v * kLanes);
      if (left < kLanes) {
        const auto later = static_cast<__mmask16>(left <= 0 ? 0xFFFFu : 0xFFFFu << left);
        score = _mm512_mask_mov_ps(score, later, _mm512_set1_ps(-__builtin_inff()));
      }
      most = _mm512_max_ps(most, score);
      _mm512_storeu_ps(scores + r * stride + key + v * kLanes, score);
    }
    _mm512_storeu_ps(largest + r * kLanes, most);
  }
}

/// 2^t for t <= 0, relative error below 3e-7; 0 from about -150 down.
__m512 Exp2(__m512 t) {
  t = _mm512_max_ps(_mm512_set1_ps(-200), t);  // in this order a NaN stays one
  const __m512 f = _mm512_sub_ps(t, _mm512_roundscale_ps(t, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
  // Least relative error over [0, 1) among the polynomials of degree 5.
  __m512 p = _mm512_set1_ps(0.00187757667f);
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.00898934009f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.0558263181f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.240153617f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.693153073f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.999999925f));
  return _mm512_scalef_ps(p, t);  // times 2^floor(t)
}

/// Softmax of `keys` scores (a multiple of 16), in place; the result is bfloat16, padded with zeros to a multiple
/// of 32.
void SoftmaxRow(float* scores, const float* largest, std::int64_t keys) {
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

/// Elements [first, first + 16 kVectors) of the results of `rows` queries of one tile.
template <int kVectors>
void MixTile(const float* probabilities, const std::uint32_t* values, const AttentionShape& shape, std::int64_t keys,
             std::int64_t rows, std::uint16_t* out) {
  __m512 sums[kTileRows][kVectors];
  MultiplyTile<kVectors>(reinterpret_cast<const std::uint16_t*>(probabilities), 2 * ScoreStride(shape), values,
                         shape.head, (keys + 1) / 2, sums);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + r * shape.out_stride + v * kLanes),
                          (__m256i)_mm512_cvtneps_pbh(sums[r][v]));
    }
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

/// Queries [first, first + rows) of one query head.
void AttendBlock(const AttentionShape& shape, const std::uint16_t* q, std::uint16_t* out, std::int64_t first,
                 std::int64_t rows, const Scratch& scratch) {
  const std::int64_t tiles = (rows + kTileRows - 1) / kTileRows, stride = ScoreStride(shape);
  const __m512 query_scale = _mm512_set1_ps(shape.query_scale);
  for (std::int64_t r = 0; r < tiles * kTileRows; ++r) {
    // Rows past the last query repeat it; their results are not stored.
    const std::uint16_t* const from = q + (first + Smaller(r, rows - 1)) * shape.q_stride;
    for (std::int64_t i = 0; i < shape.head; i += kLanes) {
      const __m512 scaled = _mm512_mul_ps(Widen(Load16(from + i)), query_scale);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(scratch.q + r * shape.head + i),
                          (__m256i)_mm512_cvtneps_pbh(scaled));
    }
    _mm512_storeu_ps(scratch.largest + r * kLanes, _mm512_set1_ps(-__builtin_inff()));
  }
  // Keys that row r of the block sees: seen + r * step; none sees more than the last query does, so that rows past it
  // reach no key that was not repacked.
  const std::int64_t step = shape.causal ? 1 : 0;
  const std::int64_t seen = shape.causal ? shape.keys - shape.queries + first + 1 : shape.keys;
  const auto keys_of_tile = [&](std::int64_t tile) {
    return Smaller(seen + ((tile + 1) * kTileRows - 1) * step, scratch.packed_keys);
  };
  ForVectors((keys_of_tile(tiles - 1) + kLanes - 1) / kLanes, [&]<int kVectors>(std::int64_t vector) {
    const std::int64_t key = vector * kLanes;
    for (std::int64_t tile = 0; tile < tiles; ++tile) {
      if (key >= keys_of_tile(tile)) continue;
      const std::int64_t row = tile * kTileRows;
      ScoreTile<kVectors>(scratch.q + row * shape.head, scratch.keys + key * (shape.head / 2), shape, key,
                          KeyBlockWidth(scratch.packed_keys, key), seen + row * step, step,
                          scratch.scores + row * stride, scratch.largest + row * kLanes);
    }
  });
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    const std::int64_t row = tile * kTileRows, keys = keys_of_tile(tile);
    for (std::int64_t r = row; r < row + kTileRows; ++r) {
      SoftmaxRow(scratch.scores + r * stride, scratch.largest + r * kLanes, RoundUp(keys, kLanes));
    }
    ForVectors(shape.head / kLanes, [&]<int kVectors>(std::int64_t vector) {
      const std::int64_t element = vector * kLanes;
      MixTile<kVectors>(scratch.scores + row * stride, scratch.values + element, shape, keys,
                        Smaller(kTileRows, rows - row), out + (first + row) * shape.out_stride + element);
    });
  }
}

}  // namespace

std::int64_t AttentionScratchBytes(const AttentionShape& shape) {
  Scratch scratch;
  std::byte* const start = nullptr;
  return LayOut(shape, start, scratch) - start;
}

void AttentionAvx512Bf16(const AttentionHead& head, const AttentionShape& shape, std::int64_t first, std::int64_t last,
                         std::byte* memory) {
  Scratch scratch;
  LayOut(shape, memory, scratch);
  const std::int64_t keys = shape.causal ? shape.keys - shape.queries + last : shape.keys;
  scratch.packed_keys = keys;
  PackKeys(head, shape, keys, scratch.keys);
  PackValues(head, shape, keys, scratch.values);
  const std::int64_t block = BlockTiles(shape) * kTileRows;
  for (std::int64_t g = 0; g < shape.group; ++g) {
    for (std::int64_t row = first; row < last; row += block) {
      AttendBlock(shape, head.q + g * shape.q_group_stride, head.out + g * shape.out_group_stride, row,
                  Smaller(block, last - row), scratch);
    }
  }
}

}  // namespace tessera
#endif
