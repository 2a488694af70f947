// Built with -mavx2 -mfma -mf16c; see small_linear_block.h.
#if defined(__AVX2__)
#include "model/kernels/scalar_types.h"
#include "model/kernels/small_linear_block.h"

namespace tessera {
namespace {

struct Avx2 {
  static constexpr int kStep = 8, kRows = 4, kColumns = 2;
  using Sum = __m256;

  static __m256 Load(const float* from) { return _mm256_loadu_ps(from); }
  static __m256 Load(const Bf16* from) {
    const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
  }
  static __m256 Load(const F16* from) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static __m256 Load(const I8* from) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
  }
  template <typename T>
  static __m256 LoadTail(const T* from, std::int64_t count) {
    T filled[kStep] = {};
    for (std::int64_t i = 0; i < count; ++i) filled[i] = from[i];
    return Load(filled);
  }
  static __m256 MultiplyAdd(__m256 x, __m256 w, __m256 sum) { return _mm256_fmadd_ps(x, w, sum); }
  static float Total(__m256 sum) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps(sum, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
  template <typename T>
  static float Widen(T value) {
    return WidenScalar(value);
  }
  template <typename T>
  static T Round(float value) {
    return RoundScalar<T>(value);
  }
};

}  // namespace

void SmallLinearColumnsAvx2(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end) {
  SmallLinearOfTypes<Avx2>(problem, begin, end);
}

}  // namespace tessera
#endif
