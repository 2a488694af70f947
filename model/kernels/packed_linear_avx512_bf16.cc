// Built with -mavx512bf16; as in small_linear_block.h, nothing inline of another header is used here.
//
// A tile is up to 6 rows of x against 64 columns: 24 sums in registers, 4 loads of weights and 6 broadcasts of x for
// each pair of the depth.
#include "model/kernels/packed_linear_panel.h"

#if defined(__AVX512BF16__)
#include "model/kernels/avx512_bf16_math.h"

namespace tessera {
namespace {

constexpr int kTileRows = 6, kMostVectors = 4;

/// Where a panel lies, and which columns of y it gives.
struct Panel {
  const std::uint16_t* weights;
  std::int64_t width;         // columns in memory: whole vectors
  std::int64_t first_column;  // of y
};

Panel FindPanel(const PackedLinearProblem& p, std::int64_t index) {
  const bool gated = p.finish == Finish::kGated;
  const std::int64_t first = index * (gated ? kPanelColumns / 2 : kPanelColumns);
  const std::int64_t left = (p.columns - first + kLanes - 1) / kLanes * kLanes;
  const std::int64_t width = gated ? 2 * Smaller(kPanelColumns / 2, left) : Smaller(kPanelColumns, left);
  return {p.panels + first * (gated ? 2 : 1) * p.depth, width, first};
}

constexpr float kLog2E = 1.44269504f;

/// x / (1 + e^-x).
__m512 Silu(__m512 x) {
  const __m512 e = Exp2(_mm512_mul_ps(_mm512_abs_ps(x), _mm512_set1_ps(-kLog2E)));
  const __mmask16 negative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
  return _mm512_div_ps(_mm512_mask_mul_ps(x, negative, x, e), _mm512_add_ps(_mm512_set1_ps(1), e));
}

/// x (1 + erf(x / sqrt 2)) / 2, with the error function of Abramowitz and Stegun 7.1.26, whose absolute error is below
/// 1.5e-7.
__m512 Gelu(__m512 x) {
  const __m512 z = _mm512_mul_ps(_mm512_abs_ps(x), _mm512_set1_ps(0.707106781f));
  const __m512 one = _mm512_set1_ps(1);
  const __m512 t = _mm512_div_ps(one, _mm512_fmadd_ps(z, _mm512_set1_ps(0.3275911f), one));
  __m512 y = _mm512_set1_ps(1.061405429f);
  y = _mm512_fmadd_ps(y, t, _mm512_set1_ps(-1.453152027f));
  y = _mm512_fmadd_ps(y, t, _mm512_set1_ps(1.421413741f));
  y = _mm512_fmadd_ps(y, t, _mm512_set1_ps(-0.284496736f));
  y = _mm512_fmadd_ps(y, t, _mm512_set1_ps(0.254829592f));
  const __m512 power = Exp2(_mm512_mul_ps(_mm512_mul_ps(z, z), _mm512_set1_ps(-kLog2E)));
  const __m512 half_tail = _mm512_mul_ps(_mm512_mul_ps(_mm512_set1_ps(0.5f), _mm512_mul_ps(y, t)), power);
  const __mmask16 negative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
  return _mm512_mul_ps(x, _mm512_mask_mov_ps(_mm512_sub_ps(one, half_tail), negative, half_tail));
}

constexpr std::int64_t kTileStride = kMostVectors * kLanes;  // floats of a row of sums

/// Finishes and stores `rows` rows of a tile; `sums` has kTileStride floats a row.
template <Finish kFinish>
void StoreTile(const PackedLinearProblem& p, const Panel& panel, std::int64_t row, std::int64_t rows,
               const float* sums) {
  const std::int64_t vectors = panel.width / kLanes / (kFinish == Finish::kGated ? 2 : 1);
  for (std::int64_t v = 0; v < vectors; ++v) {
    const std::int64_t column = panel.first_column + v * kLanes;
    const auto mask = static_cast<__mmask16>((1u << Smaller(kLanes, p.columns - column)) - 1);
    const auto load = [mask](const std::uint16_t* from) { return Widen(_mm256_maskz_loadu_epi16(mask, from)); };
    const __m512 bias = p.bias != nullptr ? load(p.bias + column) : _mm512_setzero_ps();
    for (std::int64_t r = 0; r < rows; ++r) {
      const float* const from = sums + r * kTileStride + v * kLanes;
      const std::int64_t place = (row + r) * p.columns + column;
      __m512 y = _mm512_add_ps(_mm512_loadu_ps(from), bias);
      if constexpr (kFinish == Finish::kGelu) y = Gelu(RoundToBf16(y));
      if constexpr (kFinish == Finish::kScaleAdd) y = _mm512_mul_ps(RoundToBf16(y), load(p.scale + column));
      if constexpr (kFinish == Finish::kScaleAdd || kFinish == Finish::kAdd) {
        y = _mm512_add_ps(RoundToBf16(y), load(p.residual + place));
      }
      if constexpr (kFinish == Finish::kGated) {
        y = _mm512_mul_ps(RoundToBf16(Silu(RoundToBf16(y))), RoundToBf16(_mm512_loadu_ps(from + vectors * kLanes)));
      }
      _mm256_mask_storeu_epi16(p.y + place, mask, (__m256i)_mm512_cvtneps_pbh(y));
    }
  }
}

using TileStore = void (*)(const PackedLinearProblem& p, const Panel& panel, std::int64_t row, std::int64_t rows,
                           const float* sums);

TileStore ChooseStore(Finish finish) {
  switch (finish) {
    case Finish::kGelu:
      return StoreTile<Finish::kGelu>;
    case Finish::kAdd:
      return StoreTile<Finish::kAdd>;
    case Finish::kScaleAdd:
      return StoreTile<Finish::kScaleAdd>;
    case Finish::kGated:
      return StoreTile<Finish::kGated>;
    default:
      return StoreTile<Finish::kNone>;
  }
}

/// Rows [row, row + kRows) over the depth [first, last): sums go on from `room` where first > 0, and are left there,
/// kTileStride floats a row.
template <int kRows, int kVectors>
void MultiplyTile(const PackedLinearProblem& p, const Panel& panel, std::int64_t row, std::int64_t first,
                  std::int64_t last, float* room) {
  __m512 sums[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      sums[r][v] = first > 0 ? _mm512_loadu_ps(room + r * kTileStride + v * kLanes) : _mm512_setzero_ps();
    }
  }
  const std::uint16_t* const x = p.x + row * p.depth;
  const std::uint16_t* weights = panel.weights + first * kVectors * kLanes;
  for (std::int64_t k = first; k < last; k += 2, weights += 2 * kVectors * kLanes) {
    __m512bh columns[kVectors];
    for (int v = 0; v < kVectors; ++v) columns[v] = (__m512bh)_mm512_loadu_si512(weights + 2 * v * kLanes);
    for (int r = 0; r < kRows; ++r) {
      const __m512bh both = BroadcastPair(x + r * p.depth + k);
      for (int v = 0; v < kVectors; ++v) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], both, columns[v]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) _mm512_storeu_ps(room + r * kTileStride + v * kLanes, sums[r][v]);
  }
}

/// `rows` rows, at most kRows.
template <int kRows, int kVectors>
void MultiplyRows(const PackedLinearProblem& p, const Panel& panel, std::int64_t row, std::int64_t rows,
                  std::int64_t first, std::int64_t last, float* room) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return MultiplyRows<kRows - 1, kVectors>(p, panel, row, rows, first, last, room);
  }
  MultiplyTile<kRows, kVectors>(p, panel, row, first, last, room);
}

template <int kVectors>
void MultiplyPanel(const PackedLinearProblem& p, const Panel& panel, std::int64_t first_row, std::int64_t last_row,
                   float* sums) {
  const TileStore store = ChooseStore(p.finish);
  alignas(64) float tile[kTileRows * kTileStride];
  for (std::int64_t first = 0; first < p.depth; first += kPanelDepth) {
    const std::int64_t last = Smaller(p.depth, first + kPanelDepth);
    for (std::int64_t row = first_row; row < last_row;) {
      const std::int64_t left = last_row - row;
      // Two even tiles at the end are better than a whole one and a rest.
      const std::int64_t rows = left > kTileRows && left < 2 * kTileRows ? (left + 1) / 2 : Smaller(kTileRows, left);
      float* const room = p.depth > kPanelDepth ? sums + (row - first_row) * kTileStride : tile;
      MultiplyRows<kTileRows, kVectors>(p, panel, row, rows, first, last, room);
      if (last == p.depth) store(p, panel, row, rows, room);
      row += rows;
    }
  }
}

}  // namespace

void MultiplyPanelAvx512Bf16(const PackedLinearProblem& problem, std::int64_t index, std::int64_t first_row,
                             std::int64_t last_row, float* sums) {
  const Panel panel = FindPanel(problem, index);
  switch (panel.width / kLanes) {
    case 1:
      return MultiplyPanel<1>(problem, panel, first_row, last_row, sums);
    case 2:
      return MultiplyPanel<2>(problem, panel, first_row, last_row, sums);
    case 3:
      return MultiplyPanel<3>(problem, panel, first_row, last_row, sums);
    default:
      return MultiplyPanel<4>(problem, panel, first_row, last_row, sums);
  }
}

}  // namespace tessera
#endif
