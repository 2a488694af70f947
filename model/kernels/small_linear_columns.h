// The vector code of small_linear.cc, one entry point per instruction set. Internal to it.
#pragma once

#include <cstdint>

#include "model/kernels/small_linear.h"

namespace tessera {

/// Stored forms of numbers, told apart by type.
struct Bf16 {
  std::uint16_t bits;
};
struct F16 {
  std::uint16_t bits;
};
/// A weight of 8 bits.
struct I8 {
  std::int8_t value;
};

/// Columns [begin, end) of all rows of y.
using SmallLinearColumns = void (*)(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);

void SmallLinearColumnsPlain(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);
void SmallLinearColumnsAvx2(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);
void SmallLinearColumnsAvx512(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);
/// Only for x_type kBf16 and w_type kBf16 or kI8.
void SmallLinearColumnsAvx512Bf16(const SmallLinearProblem& problem, std::int64_t begin, std::int64_t end);

}  // namespace tessera
