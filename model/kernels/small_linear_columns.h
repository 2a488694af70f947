// The vector code of small_linear.cc, one entry point per instruction set. Internal to it.
#pragma once

#include <cstdint>

#include "model/kernels/small_linear.h"

namespace tessera {

/// Stored forms of 16-bit floating point numbers, told apart by type.
struct Bf16 {
  std::uint16_t bits;
};
struct F16 {
  std::uint16_t bits;
};

/// Columns [begin, end) of all rows of y.
using SmallLinearColumns = void (*)(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);

void SmallLinearColumnsPlain(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);
void SmallLinearColumnsAvx2(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);
void SmallLinearColumnsAvx512(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);
/// Only for x_type and w_type kBf16.
void SmallLinearColumnsAvx512Bf16(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);

}  // namespace tessera
