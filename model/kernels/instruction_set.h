// Which vector instructions the CPU kernels use.
#pragma once

#include <string_view>

namespace tessera {

/// In ascending order: each set contains the ones before it.
enum class InstructionSet {
  kPlain,       // no vector code of ours: plain loops, or ATen's kernels
  kAvx2,        // with FMA and F16C
  kAvx512,      // F, BW and VL
  kAvx512Bf16,  // dot products of bfloat16
};

/// "plain", "avx2", "avx512" or "avx512_bf16".
std::string_view InstructionSetName(InstructionSet set);

/// The largest set that this processor, and this build for its architecture, has.
InstructionSet BestInstructionSet();

/// The set that the kernels use: the best one, or the smaller one that the environment variable TESSERA_MAX_CPU_ISA
/// names. The same for the life of the process. Throws kUsage for an unknown name.
InstructionSet ActiveInstructionSet();

}  // namespace tessera
