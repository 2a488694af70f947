#include "model/kernels/instruction_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "harness/base/error.h"

namespace tessera {
namespace {

constexpr std::array kSets{InstructionSet::kPlain, InstructionSet::kAvx2, InstructionSet::kAvx512,
                           InstructionSet::kAvx512Bf16};

InstructionSet ChooseInstructionSet() {
  const char* const wanted = std::getenv("TESSERA_MAX_CPU_ISA");
  if (wanted == nullptr || *wanted == '\0') return BestInstructionSet();
  for (const InstructionSet set : kSets) {
    if (InstructionSetName(set) == wanted) return std::min(set, BestInstructionSet());
  }
  throw UsageError(
      fmt::format("TESSERA_MAX_CPU_ISA \"{}\": expected plain, avx2, avx512 or avx512_bf16", std::string_view(wanted)));
}

}  // namespace

std::string_view InstructionSetName(InstructionSet set) {
  constexpr std::array<std::string_view, kSets.size()> kNames{"plain", "avx2", "avx512", "avx512_bf16"};
  return kNames[static_cast<std::size_t>(set)];
}

InstructionSet BestInstructionSet() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) {
    return InstructionSet::kPlain;
  }
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512vl")) {
    return InstructionSet::kAvx2;
  }
  return __builtin_cpu_supports("avx512bf16") ? InstructionSet::kAvx512Bf16 : InstructionSet::kAvx512;
#else
  return InstructionSet::kPlain;
#endif
}

InstructionSet ActiveInstructionSet() {
  static const InstructionSet set = ChooseInstructionSet();
  return set;
}

}  // namespace tessera
