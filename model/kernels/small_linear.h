// Matrix products with few rows, as decoding needs them: the weights are read from memory once, in the type that they
// are stored in, and widened in registers.
#pragma once

#include <cstdint>

#include "model/kernels/instruction_set.h"

namespace tessera {

/// Up to this many rows one pass over the weights is better than a blocked product.
inline constexpr std::int64_t kSmallLinearRows = 32;

enum class ElementType { kF32, kBf16, kF16, kI8 };

/// y[m, n] = scale[n] times the sum over k of x[m, k] w[n, k], plus bias[n]; all row-major without gaps.
struct SmallLinearProblem {
  ElementType x_type;   // of x, bias and y
  ElementType w_type;   // of w: equal to x_type, kI8, or any type where x_type is kF32
  const void* x;        // [rows, depth]
  const void* w;        // [columns, depth]
  const float* scales;  // [columns], for w_type kI8; else null, and all are 1
  const void* bias;     // [columns], or null
  void* y;              // [rows, columns]
  std::int64_t rows, columns, depth;
};

/// Bytes of one element.
std::int64_t ElementBytes(ElementType type);

/// Solves the problem on ATen's threads. Sums are float32, and the result is rounded once. The value of a row depends
/// on that row and the instruction set alone: not on the number of rows, nor on the number of threads.
/// `set` must be one that the processor has.
void SmallLinear(const SmallLinearProblem& problem, InstructionSet set);

}  // namespace tessera
