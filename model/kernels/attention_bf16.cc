// Built with -mavx512bf16; as attention_tiles_bf16.h says, nothing inline of another header is used here. Repacked keys
// and values, and the scores of a few tiles, stay in the second-level cache.
#include "model/kernels/attention_bf16.h"

#if defined(__AVX512BF16__)
#include "model/kernels/attention_tiles_bf16.h"

namespace tessera {
namespace {

constexpr std::int64_t kScoreBytes = 96 << 10;  // scores of one block of queries
constexpr std::int64_t kMostTiles = 8;

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

/// 16 kVectors elements of the results of `rows` queries of one tile.
template <int kVectors>
void MixTile(const float* probabilities, const std::uint32_t* values, std::int64_t values_stride,
             const AttentionShape& shape, std::int64_t keys, std::int64_t rows, std::uint16_t* out) {
  __m512 sums[kTileRows][kVectors] = {};
  MultiplyTile<kTileRows, kVectors>(reinterpret_cast<const std::uint16_t*>(probabilities), 2 * ScoreStride(shape),
                                    values, values_stride, (keys + 1) / 2, sums);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (int v = 0; v < kVectors; ++v) StoreRounded(sums[r][v], out + r * shape.out_stride + v * kLanes);
  }
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
      StoreRounded(_mm512_mul_ps(Widen(Load16(from + i)), query_scale), scratch.q + r * shape.head + i);
    }
    _mm512_storeu_ps(scratch.largest + r * kLanes, NoScore());
  }
  // No row sees more than the last query does, so that rows past it reach no key that was not repacked.
  std::int64_t seen[kMostTiles * kTileRows];
  for (std::int64_t r = 0; r < tiles * kTileRows; ++r) {
    seen[r] = shape.causal ? Smaller(shape.keys - shape.queries + first + 1 + r, scratch.packed_keys) : shape.keys;
  }
  const auto keys_of_tile = [&](std::int64_t tile) { return seen[(tile + 1) * kTileRows - 1]; };
  const ScoreRule rule{.head = shape.head, .scale = shape.score_scale, .stride = stride};
  ForVectors((keys_of_tile(tiles - 1) + kLanes - 1) / kLanes, [&]<int kVectors>(std::int64_t vector) {
    const std::int64_t key = vector * kLanes;
    for (std::int64_t tile = 0; tile < tiles; ++tile) {
      if (key >= keys_of_tile(tile)) continue;
      const std::int64_t row = tile * kTileRows;
      ScoreTile<kTileRows, kVectors>(rule, scratch.q + row * shape.head, scratch.keys + key * (shape.head / 2),
                                     BlockWidth(scratch.packed_keys, key), key, seen + row,
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
      MixTile<kVectors>(scratch.scores + row * stride, scratch.values + element * ((scratch.packed_keys + 1) / 2),
                        BlockWidth(shape.head, element), shape, keys, Smaller(kTileRows, rows - row),
                        out + (first + row) * shape.out_stride + element);
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
  PackKeys(head.k, shape.k_stride, keys, shape.head, scratch.keys);
  PackValues(head.v, shape.v_stride, keys, shape.head, scratch.values);
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
