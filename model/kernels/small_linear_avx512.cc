// Built with -mavx512f -mavx512bw -mavx512vl and the flags of AVX2; see small_linear_block.h.
#if defined(__AVX512F__)
#include "model/kernels/scalar_types.h"
#include "model/kernels/small_linear_block.h"

namespace tessera {
namespace {

struct Avx512 {
  static constexpr int kStep = 16, kRows = 8, kColumns = 3;
  using Sum = __m512;

  static __mmask16 First(std::int64_t count) { return static_cast<__mmask16>((1u << count) - 1); }
  static __m512 Widened(const Bf16*, __m256i bits) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
  }
  static __m512 Widened(const F16*, __m256i bits) { return _mm512_cvtph_ps(bits); }

  static __m512 Load(const float* from) { return _mm512_loadu_ps(from); }
  static __m512 LoadTail(const float* from, std::int64_t count) { return _mm512_maskz_loadu_ps(First(count), from); }
  static __m512 Load(const I8* from) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
  }
  static __m512 LoadTail(const I8* from, std::int64_t count) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(First(count), from)));
  }
  template <typename T>
  static __m512 Load(const T* from) {
    return Widened(from, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  template <typename T>
  static __m512 LoadTail(const T* from, std::int64_t count) {
    return Widened(from, _mm256_maskz_loadu_epi16(First(count), from));
  }
  static __m512 MultiplyAdd(__m512 x, __m512 w, __m512 sum) { return _mm512_fmadd_ps(x, w, sum); }
  static float Total(__m512 sum) { return _mm512_reduce_add_ps(sum); }
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

void SmallLinearColumnsAvx512(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end) {
  SmallLinearOfTypes<Avx512>(problem, begin, end);
}

}  // namespace tessera
#endif
