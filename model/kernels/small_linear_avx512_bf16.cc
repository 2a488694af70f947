// Built with -mavx512bf16 and the flags of AVX-512; see small_linear_block.h.
#if defined(__AVX512BF16__)
#include "model/kernels/scalar_types.h"
#include "model/kernels/small_linear_block.h"

namespace tessera {
namespace {

struct Avx512Bf16 {
  static constexpr int kStep = 32, kRows = 8, kColumns = 3;
  using Sum = __m512;

  static __m512bh Load(const Bf16* from) { return (__m512bh)_mm512_loadu_si512(from); }
  static __m512bh LoadTail(const Bf16* from, std::int64_t count) {
    return (__m512bh)_mm512_maskz_loadu_epi16(static_cast<__mmask32>((1ull << count) - 1), from);
  }
  /// Exact: eight bits fit the significand.
  static __m512bh Widened(__m256i values) {
    const __m512 low = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_castsi256_si128(values)));
    const __m512 high = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm256_extracti128_si256(values, 1)));
    return _mm512_cvtne2ps_pbh(high, low);
  }
  static __m512bh Load(const I8* from) { return Widened(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))); }
  static __m512bh LoadTail(const I8* from, std::int64_t count) {
    return Widened(_mm256_maskz_loadu_epi8(static_cast<__mmask32>((1ull << count) - 1), from));
  }
  static __m512 MultiplyAdd(__m512bh x, __m512bh w, __m512 sum) { return _mm512_dpbf16_ps(sum, x, w); }
  static float Total(__m512 sum) { return _mm512_reduce_add_ps(sum); }
  static float Widen(Bf16 value) { return WidenScalar(value); }
  template <typename T>
  static T Round(float value) {
    return RoundScalar<T>(value);
  }
};

}  // namespace

void SmallLinearColumnsAvx512Bf16(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end) {
  if (problem.w_type == ElementType::kI8) return SmallLinearRange<Avx512Bf16, Bf16, I8>(problem, begin, end);
  SmallLinearRange<Avx512Bf16, Bf16, Bf16>(problem, begin, end);
}

}  // namespace tessera
#endif
