// Registers of bfloat16 and float32, shared by the files that are built with -mavx512bf16. Everything is in an unnamed
// namespace and nothing inline of another header is used, so that no instantiation is shared with a file built for
// lesser processors: the linker could hand either of them to the other.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace tessera {
namespace {

constexpr int kLanes = 16;

inline std::int64_t RoundUp(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}
inline std::int64_t Smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

inline __m512 Widen(__m256i bits) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16)); }
inline __m512 RoundToBf16(__m512 x) { return Widen((__m256i)_mm512_cvtneps_pbh(x)); }

/// Two neighbouring elements in every lane.
inline __m512bh BroadcastPair(const std::uint16_t* pair) {
  std::int32_t bits;
  __builtin_memcpy(&bits, pair, sizeof bits);
  return (__m512bh)_mm512_set1_epi32(bits);
}

/// 2^t for t <= 0, relative error below 3e-7; 0 from about -150 down.
inline __m512 Exp2(__m512 t) {
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

}  // namespace
}  // namespace tessera
