// The resize passes with AVX2. Bit-exact with the plain loops, as integer sums do not depend on their order.
//
// A weight W (24 bits with its sign) does not fit the 16-bit multiply-add, so it is split: W = high * 2^12 + low, with
// low in [0, 2^12). The sums of both parts are joined at the end. Either may wrap around 2^32; the joined sum may not
// and arithmetic modulo 2^32 is exact.
//
// This file alone is built with -mavx2: no inline function of another header may be instantiated here, or the linker
// could hand its AVX2 copy to the rest of the program.
#include "model/image/resize_passes.h"

#if defined(__AVX2__)
#include <immintrin.h>

namespace tessera {
namespace {

constexpr int kLowBits = 12;

struct Sums {
  __m256i high, low;
};

/// 8 sums to 8 rounded, shifted 32-bit values, not yet clipped to a byte.
__m256i Finish(Sums sums) {
  const __m256i joined = _mm256_add_epi32(_mm256_slli_epi32(sums.high, kLowBits), sums.low);
  return _mm256_srai_epi32(_mm256_add_epi32(joined, _mm256_set1_epi32(1 << (kWeightBits - 1))), kWeightBits);
}

/// The 16-bit parts of a weight pair (one weight in each half of a lane), ready for _mm256_madd_epi16.
Sums SplitPair(std::int32_t first, std::int32_t second) {
  const auto pack = [](std::int32_t a, std::int32_t b) {
    return _mm256_set1_epi32(
        static_cast<std::int32_t>((static_cast<std::uint32_t>(a) & 0xFFFF) | static_cast<std::uint32_t>(b) << 16));
  };
  constexpr std::int32_t kLowMask = (1 << kLowBits) - 1;
  return {.high = pack(first >> kLowBits, second >> kLowBits), .low = pack(first & kLowMask, second & kLowMask)};
}

void AddProducts(Sums& sums, __m256i values, const Sums& weights) {
  sums.high = _mm256_add_epi32(sums.high, _mm256_madd_epi16(values, weights.high));
  sums.low = _mm256_add_epi32(sums.low, _mm256_madd_epi16(values, weights.low));
}

__m128i Load16(const std::uint8_t* bytes) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)); }

/// 4 weights spread for the pixel layout of LoadPixels: lane 0 has (w0, w1) three times, lane 1 (w2, w3).
Sums SpreadWeights(const std::int32_t* weights) {
  const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(weights));
  const __m128i high = _mm_srai_epi32(four, kLowBits);
  const __m128i low = _mm_and_si128(four, _mm_set1_epi32((1 << kLowBits) - 1));
  // 32-bit values to 16-bit: [high 0..3 | low 0..3] in both lanes, then each lane takes its pair.
  const __m256i both = _mm256_broadcastsi128_si256(_mm_packs_epi32(high, low));
  return {.high = _mm256_shuffle_epi8(both, _mm256_setr_epi8(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, -1, -1, -1, -1,  //
                                                             4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, -1, -1, -1, -1)),
          .low = _mm256_shuffle_epi8(both,
                                     _mm256_setr_epi8(8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, -1, -1, -1, -1,  //
                                                      12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, -1, -1, -1, -1))};
}

/// 4 RGB pixels as 16-bit pairs: lane 0 R0 R1 G0 G1 B0 B1, lane 1 R2 R3 G2 G3 B2 B3. Reads 16 bytes, uses 12.
__m256i LoadPixels(const std::uint8_t* rgb) {
  const __m128i order = _mm_setr_epi8(0, 3, 1, 4, 2, 5, -1, -1, 6, 9, 7, 10, 8, 11, -1, -1);
  return _mm256_cvtepu8_epi16(_mm_shuffle_epi8(Load16(rgb), order));
}

/// One output pixel: both lanes of the sums added, then clipped.
void StorePixel(const Sums& sums, std::uint8_t* rgb) {
  const auto fold = [](__m256i v) {
    const __m128i folded = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    return _mm256_castsi128_si256(folded);
  };
  const __m128i values = _mm256_castsi256_si128(Finish({.high = fold(sums.high), .low = fold(sums.low)}));
  const __m128i words = _mm_packs_epi32(values, values);
  const auto pixel = static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_packus_epi16(words, words)));
  rgb[0] = static_cast<std::uint8_t>(pixel);
  rgb[1] = static_cast<std::uint8_t>(pixel >> 8);
  rgb[2] = static_cast<std::uint8_t>(pixel >> 16);
}

/// kRows rows at once, so that each set of weights is loaded and spread once for all of them.
template <int kRows>
void HorizontalBlock(const std::uint8_t* in, std::size_t in_stride, const AxisWeights& axis, std::uint8_t* out) {
  const std::size_t out_stride = std::size_t{3} * static_cast<std::size_t>(axis.outputs);
  const std::int32_t* weights = axis.weights;
  for (int x = 0; x < axis.outputs; ++x, out += 3, weights += axis.taps) {
    const std::uint8_t* source = in + std::size_t{3} * static_cast<std::size_t>(axis.first[x]);
    Sums sums[kRows];
    for (Sums& sum : sums) sum = {.high = _mm256_setzero_si256(), .low = _mm256_setzero_si256()};
    for (int k = 0; k < axis.count[x]; k += 4, source += 12) {
      const Sums spread = SpreadWeights(weights + k);
      for (std::size_t r = 0; r < kRows; ++r) AddProducts(sums[r], LoadPixels(source + r * in_stride), spread);
    }
    for (std::size_t r = 0; r < kRows; ++r) StorePixel(sums[r], out + r * out_stride);
  }
}

}  // namespace

void HorizontalRowsAvx2(const ConstPlane& in, int first_row, const AxisWeights& axis, int begin, int end,
                        std::uint8_t* out) {
  // Groups of 4 pixels read past a row's last pixel, by up to 3 pixels and 4 bytes. That is the next row, with weights
  // of zero, but in the last rows it would be past the picture: those go through the plain loop.
  constexpr std::size_t kOverread = 3 * 3 + 4;
  const std::size_t in_stride = std::size_t{3} * static_cast<std::size_t>(in.width);
  const std::size_t out_stride = std::size_t{3} * static_cast<std::size_t>(axis.outputs);
  const int unsafe_rows = static_cast<int>((kOverread + in_stride - 1) / in_stride);
  int safe_end = in.height - unsafe_rows - first_row;
  if (safe_end > end) safe_end = end;

  int y = begin;
  const auto source = [&] { return in.rgb + in_stride * static_cast<std::size_t>(first_row + y); };
  const auto target = [&] { return out + out_stride * static_cast<std::size_t>(y); };
  for (; y + 4 <= safe_end; y += 4) HorizontalBlock<4>(source(), in_stride, axis, target());
  for (; y < safe_end; ++y) HorizontalBlock<1>(source(), in_stride, axis, target());
  HorizontalRows(in, first_row, axis, y, end, out);
}

void VerticalRowsAvx2(const ConstPlane& in, int first_row, const AxisWeights& axis, int begin, int end,
                      std::uint8_t* out) {
  const std::size_t stride = std::size_t{3} * static_cast<std::size_t>(in.width);
  for (int y = begin; y < end; ++y) {
    const std::uint8_t* const rows = in.rgb + stride * static_cast<std::size_t>(axis.first[y] - first_row);
    const std::int32_t* const weights = axis.weights + axis.taps * static_cast<std::size_t>(y);
    const int count = axis.count[y];
    std::uint8_t* const out_row = out + stride * static_cast<std::size_t>(y);

    std::size_t i = 0;
    for (; i + 16 <= stride; i += 16) {
      Sums first_half{.high = _mm256_setzero_si256(), .low = _mm256_setzero_si256()}, second_half = first_half;
      for (int k = 0; k < count; k += 2) {
        const __m128i a = Load16(rows + stride * static_cast<std::size_t>(k) + i);
        // With an odd count the last row stands alone; its partner's weight is zero.
        const __m128i b =
            k + 1 < count ? Load16(rows + stride * static_cast<std::size_t>(k + 1) + i) : _mm_setzero_si128();
        const Sums pair = SplitPair(weights[k], k + 1 < count ? weights[k + 1] : 0);
        AddProducts(first_half, _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(a, b)), pair);
        AddProducts(second_half, _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(a, b)), pair);
      }
      // packs works within lanes: [0..3 8..11 | 4..7 12..15], put right by the permutation.
      const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(Finish(first_half), Finish(second_half)),
                                                     _MM_SHUFFLE(3, 1, 2, 0));
      const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out_row + i), bytes);
    }
    VerticalBytes(rows, stride, weights, count, i, stride, out_row);
  }
}

}  // namespace tessera
#endif
