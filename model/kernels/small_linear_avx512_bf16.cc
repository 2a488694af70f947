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
  SmallLinearRange<Avx512Bf16, Bf16, Bf16>(problem, begin, end);
}

}  // namespace tessera
#endif
