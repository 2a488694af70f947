// Built with -mavx512bf16; as attention_tiles_bf16.h says, nothing inline of another header is used here.
//
// The prefix is read once for all queries of a part: keys outside, tiles of queries inside. A row of scores has two
// regions, prefix and tail, each filled up to a multiple of 32 by scores of minus infinity, so that a pair of
// probabilities never has a token of both.
#include "model/kernels/prefix_attention_bf16.h"

#if defined(__AVX512BF16__)
#include "model/kernels/attention_tiles_bf16.h"

namespace tessera {
namespace {

struct Scratch {
  std::int64_t stride;  // of the rows of scores
  std::uint16_t* q;     // [rows, head]
  float* scores;        // [rows, stride]; the probabilities take their place, from the start of each row
  float* largest;       // [rows, kLanes]: largest score so far, per lane
  float* mixed;         // [rows, head]
};

std::int64_t Region(std::int64_t tokens) { return RoundUp(tokens, 2 * kLanes); }

/// Lays the parts out from `memory` on; returns the end.
std::byte* LayOut(std::int64_t prefix_tokens, std::int64_t tail_tokens, std::int64_t head, std::byte* memory,
                  Scratch& scratch) {
  const auto take = [&memory](std::int64_t bytes) {
    std::byte* const start = memory;
    memory += RoundUp(bytes, 64);
    return start;
  };
  scratch.stride = Region(prefix_tokens) + Region(tail_tokens);
  scratch.q = reinterpret_cast<std::uint16_t*>(take(kPrefixQueries * head * 2));
  scratch.scores = reinterpret_cast<float*>(take(kPrefixQueries * scratch.stride * 4));
  scratch.largest = reinterpret_cast<float*>(take(kPrefixQueries * kLanes * 4));
  scratch.mixed = reinterpret_cast<float*>(take(kPrefixQueries * head * 4));
  return memory;
}

/// Calls run.operator()<n>(row) for each tile of queries, which starts with `row` and has at most n queries. With few
/// of them a tile is smaller; a sum is the same in tiles of every size.
template <typename Run>
void ForTiles(std::int64_t queries, const Run& run) {
  for (std::int64_t row = 0; row < queries; row += kTileRows) {
    if (queries - row <= 2) {
      run.template operator()<2>(row);
    } else if (queries - row <= 4) {
      run.template operator()<4>(row);
    } else {
      run.template operator()<kTileRows>(row);
    }
  }
}

/// Asks for the pairs behind a block, from the tile that starts with `row` of `queries`: each tile for its share of the
/// next block, so that memory works while the tiles multiply. One tile alone reads without a pause, and the processor
/// ahead of it. An address past the last block does no harm.
void PrefetchNext(const std::uint32_t* block, std::int64_t pairs, std::int64_t row, std::int64_t queries) {
  if (queries <= kTileRows) return;
  constexpr std::int64_t kPairsPerLine = 16;
  const std::int64_t share = pairs * kTileRows / queries;
  const std::uint32_t* const next = block + pairs + row / kTileRows * share;
  for (std::int64_t i = 0; i < share; i += kPairsPerLine) _mm_prefetch(next + i, _MM_HINT_T1);
}

class PartAttention {
 public:
  PartAttention(const PrefixPart& part, std::byte* memory)
      : part_(part),
        head_(part.head),
        prefix_region_(Region(part.prefix.tokens)),
        rule_{.head = part.head, .scale = part.scale, .stride = 0} {
    std::int64_t longest = 0;
    for (std::int64_t r = 0; r < part.count; ++r) {
      if (part.queries[r].tail_tokens > longest) longest = part.queries[r].tail_tokens;
    }
    LayOut(part.prefix.tokens, longest, head_, memory, scratch_);
    rule_.stride = scratch_.stride;
    for (std::int64_t r = 0; r < kPrefixQueries; ++r) {
      prefix_seen_[r] = part.prefix.tokens;
      tail_seen_[r] = QueryAt(r).tail_tokens;
    }
  }

  void Run() {
    LoadQueries();
    ScorePacked(part_.prefix, prefix_seen_, part_.prefix.tokens, 0);
    for (std::int64_t r = 0; r < part_.count; ++r) {
      for (std::int64_t key = RoundUp(part_.prefix.tokens, kLanes); key < prefix_region_; key += kLanes) {
        _mm512_storeu_ps(ScoresAt(r) + key, NoScore());
      }
    }
    const bool packed_tail = part_.tail.keys != nullptr;
    if (packed_tail) ScorePacked(part_.tail, tail_seen_, tail_seen_[part_.count - 1], prefix_region_);
    for (std::int64_t r = 0; r < part_.count; ++r) {
      if (!packed_tail) ScoreOwnTail(r);
      const std::int64_t tail = packed_tail ? tail_seen_[part_.count - 1] : tail_seen_[r];
      SoftmaxRow(ScoresAt(r), scratch_.largest + r * kLanes, prefix_region_ + RoundUp(tail, kLanes));
    }
    MixPacked(part_.prefix, part_.prefix.tokens, 0);
    if (packed_tail) MixPacked(part_.tail, tail_seen_[part_.count - 1], prefix_region_);
    for (std::int64_t r = 0; r < part_.count; ++r) {
      if (!packed_tail) MixOwnTail(r);
      for (std::int64_t i = 0; i < head_; i += kLanes) {
        StoreRounded(_mm512_loadu_ps(MixedAt(r) + i), QueryAt(r).out + i);
      }
    }
  }

 private:
  /// Rows past the last query of a tile repeat it; their results are not stored.
  const PrefixQuery& QueryAt(std::int64_t r) const { return part_.queries[Smaller(r, part_.count - 1)]; }
  float* ScoresAt(std::int64_t r) const { return scratch_.scores + r * scratch_.stride; }
  float* MixedAt(std::int64_t r) const { return scratch_.mixed + r * head_; }
  const std::uint16_t* ProbabilitiesAt(std::int64_t r) const {
    return reinterpret_cast<const std::uint16_t*>(ScoresAt(r));
  }

  void LoadQueries() const {
    const std::int64_t rows = RoundUp(part_.count, kTileRows);
    for (std::int64_t r = 0; r < rows; ++r) {
      __builtin_memcpy(scratch_.q + r * head_, QueryAt(r).q, static_cast<std::size_t>(head_) * 2);
      _mm512_storeu_ps(scratch_.largest + r * kLanes, NoScore());
      for (std::int64_t i = 0; i < head_; i += kLanes) _mm512_storeu_ps(MixedAt(r) + i, _mm512_setzero_ps());
    }
  }

  /// Scores of the first `tokens` repacked tokens, into the region from `region` on; query r sees seen[r] of them.
  void ScorePacked(const PackedTokens& packed, const std::int64_t* seen, std::int64_t tokens,
                   std::int64_t region) const {
    ForVectors((tokens + kLanes - 1) / kLanes, [&]<int kVectors>(std::int64_t vector) {
      const std::int64_t key = vector * kLanes, width = BlockWidth(packed.tokens, key);
      const std::uint32_t* const keys = packed.keys + key * (head_ / 2);
      ForTiles(part_.count, [&]<int kRows>(std::int64_t row) {
        PrefetchNext(keys, width * (head_ / 2), row, part_.count);
        ScoreTile<kRows, kVectors>(rule_, scratch_.q + row * head_, keys, width, key, seen + row,
                                   ScoresAt(row) + region, scratch_.largest + row * kLanes);
      });
    });
  }

  void ScoreOwnTail(std::int64_t r) const {
    const PrefixQuery& query = part_.queries[r];
    float* const scores = ScoresAt(r) + prefix_region_;
    __m512 most = _mm512_loadu_ps(scratch_.largest + r * kLanes);
    for (std::int64_t first = 0; first < query.tail_tokens; first += kLanes) {
      const std::int64_t count = Smaller(kLanes, query.tail_tokens - first);
      for (std::int64_t j = 0; j < count; ++j) {
        scores[first + j] = Dot(query.q, query.tail_keys + (first + j) * part_.tail_stride);
      }
      const __m512 products = _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), scores + first);
      _mm512_storeu_ps(scores + first, FinishScores(products, part_.scale, count, most));
    }
    _mm512_storeu_ps(scratch_.largest + r * kLanes, most);
  }

  float Dot(const std::uint16_t* a, const std::uint16_t* b) const {
    __m512 sum = _mm512_setzero_ps();
    for (std::int64_t i = 0; i < head_; i += 2 * kLanes) {
      const __mmask32 mask = head_ - i > kLanes ? 0xFFFFFFFFu : 0xFFFFu;
      sum = _mm512_dpbf16_ps(sum, (__m512bh)_mm512_maskz_loadu_epi16(mask, a + i),
                             (__m512bh)_mm512_maskz_loadu_epi16(mask, b + i));
    }
    return _mm512_reduce_add_ps(sum);
  }

  /// Adds the first `tokens` repacked tokens' values, each times its probability, which stand from `region` on.
  void MixPacked(const PackedTokens& packed, std::int64_t tokens, std::int64_t region) const {
    constexpr std::int64_t kPairs = 64;  // of a block, which all tiles but the first find in the first-level cache
    const std::int64_t pairs = (tokens + 1) / 2, packed_pairs = (packed.tokens + 1) / 2;
    ForVectors(head_ / kLanes, [&]<int kVectors>(std::int64_t vector) {
      const std::int64_t element = vector * kLanes;
      constexpr std::int64_t kWidth = kVectors * kLanes;
      for (std::int64_t pair = 0; pair < pairs; pair += kPairs) {
        const std::uint32_t* const values = packed.values + element * packed_pairs + pair * kWidth;
        ForTiles(part_.count, [&]<int kRows>(std::int64_t row) {
          PrefetchNext(values, kPairs * kWidth, row, part_.count);
          MixTile<kRows, kVectors>(ProbabilitiesAt(row) + region + 2 * pair, values, Smaller(kPairs, pairs - pair),
                                   MixedAt(row) + element);
        });
      }
    });
  }

  /// Adds to 16 kVectors elements of the results of kRows queries.
  template <int kRows, int kVectors>
  void MixTile(const std::uint16_t* probabilities, const std::uint32_t* values, std::int64_t pairs,
               float* mixed) const {
    __m512 sums[kRows][kVectors];
    for (int r = 0; r < kRows; ++r) {
      for (int v = 0; v < kVectors; ++v) sums[r][v] = _mm512_loadu_ps(mixed + r * head_ + v * kLanes);
    }
    MultiplyTile<kRows, kVectors>(probabilities, 2 * scratch_.stride, values, kVectors * kLanes, pairs, sums);
    for (int r = 0; r < kRows; ++r) {
      for (int v = 0; v < kVectors; ++v) _mm512_storeu_ps(mixed + r * head_ + v * kLanes, sums[r][v]);
    }
  }

  void MixOwnTail(std::int64_t r) const {
    const PrefixQuery& query = part_.queries[r];
    const std::uint16_t* const probabilities = ProbabilitiesAt(r) + prefix_region_;
    ForVectors(head_ / kLanes, [&]<int kVectors>(std::int64_t vector) {
      float* const mixed = MixedAt(r) + vector * kLanes;
      __m512 sums[kVectors];
      for (int v = 0; v < kVectors; ++v) sums[v] = _mm512_loadu_ps(mixed + v * kLanes);
      for (std::int64_t j = 0; j < query.tail_tokens; ++j) {
        const std::uint16_t* const values = query.tail_values + j * part_.tail_stride + vector * kLanes;
        const __m512 probability = _mm512_castsi512_ps(_mm512_set1_epi32(probabilities[j] << 16));
        for (int v = 0; v < kVectors; ++v) {
          sums[v] = _mm512_fmadd_ps(probability, Widen(Load16(values + v * kLanes)), sums[v]);
        }
      }
      for (int v = 0; v < kVectors; ++v) _mm512_storeu_ps(mixed + v * kLanes, sums[v]);
    });
  }

  const PrefixPart& part_;
  std::int64_t head_, prefix_region_;
  ScoreRule rule_;
  Scratch scratch_;
  std::int64_t prefix_seen_[kPrefixQueries], tail_seen_[kPrefixQueries];
};

}  // namespace

std::int64_t PackedKeyPairs(std::int64_t tokens, std::int64_t head) { return RoundUp(tokens, kLanes) * head / 2; }
std::int64_t PackedValuePairs(std::int64_t tokens, std::int64_t head) { return RoundUp(tokens, 2) * head / 2; }

void PackKeysAvx512Bf16(const std::uint16_t* keys, std::int64_t stride, std::int64_t tokens, std::int64_t head,
                        std::uint32_t* packed) {
  PackKeys(keys, stride, tokens, head, packed);
}

void PackValuesAvx512Bf16(const std::uint16_t* values, std::int64_t stride, std::int64_t tokens, std::int64_t head,
                          std::uint32_t* packed) {
  PackValues(values, stride, tokens, head, packed);
}

std::int64_t PrefixScratchBytes(std::int64_t prefix_tokens, std::int64_t tail_tokens, std::int64_t head) {
  Scratch scratch;
  std::byte* const start = nullptr;
  return LayOut(prefix_tokens, tail_tokens, head, start, scratch) - start;
}

void PrefixAttentionAvx512Bf16(const PrefixPart& part, std::byte* scratch) { PartAttention(part, scratch).Run(); }

}  // namespace tessera
#endif
