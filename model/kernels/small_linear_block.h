// The blocked loop that the vector versions of small_linear.cc share. Each of them is built with its own compiler flags
// and gives its own `Vector` type in an unnamed namespace, so that no instantiation is shared between them: the linker
// could hand it to a processor without those instructions. For the same reason nothing inline of another header is
// used.
//
// Vector has: kStep, elements per load; kRows and kColumns, the largest block whose sums stay in registers; Sum;
// Load(const T*) and LoadTail(const T*, count), where the missing elements are zero; MultiplyAdd(x, w, sum);
// Total(sum); Widen(T) and Round<T>(float).
#pragma once

#include <type_traits>

#include "model/kernels/small_linear_columns.h"

namespace tessera {

/// y[row .. row + kRows, column .. column + kColumns). Each sum runs over the depth in one order, whatever the block.
template <typename Vector, typename X, typename W, int kRows, int kColumns>
void SmallLinearBlock(const SmallLinearProblem& p, std::int64_t row, std::int64_t column) {
  const X* const x = static_cast<const X*>(p.x) + row * p.depth;
  const W* const w = static_cast<const W*>(p.w) + column * p.depth;
  typename Vector::Sum sums[kRows][kColumns] = {};
  const auto add = [&](const auto& load_x, const auto& load_w) {
    decltype(load_w(w)) w_values[kColumns];
    for (int c = 0; c < kColumns; ++c) w_values[c] = load_w(w + c * p.depth);
    for (int r = 0; r < kRows; ++r) {
      const auto x_values = load_x(x + r * p.depth);
      for (int c = 0; c < kColumns; ++c) sums[r][c] = Vector::MultiplyAdd(x_values, w_values[c], sums[r][c]);
    }
  };
  std::int64_t k = 0;
  // A row of weights is too short for the processor to read far ahead by itself. An address past the last row does no
  // harm.
  constexpr int kBlocksAhead = 4;
  const W* const ahead = w + std::int64_t{kBlocksAhead} * kColumns * p.depth;
  for (; k + Vector::kStep <= p.depth; k += Vector::kStep) {
    if (row == 0) {
      for (int c = 0; c < kColumns; ++c) __builtin_prefetch(ahead + c * p.depth + k);
    }
    add([k](const X* from) { return Vector::Load(from + k); }, [k](const W* from) { return Vector::Load(from + k); });
  }
  if (const std::int64_t left = p.depth - k; left > 0) {
    add([k, left](const X* from) { return Vector::LoadTail(from + k, left); },
        [k, left](const W* from) { return Vector::LoadTail(from + k, left); });
  }
  for (int c = 0; c < kColumns; ++c) {
    const float bias = p.bias == nullptr ? 0 : Vector::Widen(static_cast<const X*>(p.bias)[column + c]);
    for (int r = 0; r < kRows; ++r) {
      float value = Vector::Total(sums[r][c]);
      if constexpr (std::is_same_v<W, I8>) value *= p.scales[column + c];
      static_cast<X*>(p.y)[(row + r) * p.columns + column + c] = Vector::template Round<X>(value + bias);
    }
  }
}

/// All rows of kColumns columns, where at most kRows rows at a time make a block.
template <typename Vector, typename X, typename W, int kRows, int kColumns>
void SmallLinearRows(const SmallLinearProblem& p, std::int64_t row, std::int64_t column) {
  for (; row + kRows <= p.rows; row += kRows) SmallLinearBlock<Vector, X, W, kRows, kColumns>(p, row, column);
  if constexpr (kRows > 1) {
    if (row < p.rows) SmallLinearRows<Vector, X, W, kRows - 1, kColumns>(p, row, column);
  }
}

/// Columns [begin, end) of all rows.
template <typename Vector, typename X, typename W>
void SmallLinearRange(const SmallLinearProblem& p, std::int64_t begin, std::int64_t end) {
  std::int64_t column = begin;
  // With very few rows memory is the limit, and it is fastest in one stream.
  constexpr std::int64_t kStreamRows = 4;
  if (p.rows > kStreamRows) {
    for (; column + Vector::kColumns <= end; column += Vector::kColumns) {
      SmallLinearRows<Vector, X, W, Vector::kRows, Vector::kColumns>(p, 0, column);
    }
  }
  for (; column < end; ++column) SmallLinearRows<Vector, X, W, Vector::kRows, 1>(p, 0, column);
}

/// The same for the types that the problem names.
template <typename Vector>
void SmallLinearOfTypes(const SmallLinearProblem& p, std::int64_t begin, std::int64_t end) {
  if (p.w_type == ElementType::kI8) {
    if (p.x_type == ElementType::kBf16) return SmallLinearRange<Vector, Bf16, I8>(p, begin, end);
    if (p.x_type == ElementType::kF16) return SmallLinearRange<Vector, F16, I8>(p, begin, end);
    return SmallLinearRange<Vector, float, I8>(p, begin, end);
  }
  if (p.x_type == ElementType::kBf16) return SmallLinearRange<Vector, Bf16, Bf16>(p, begin, end);
  if (p.x_type == ElementType::kF16) return SmallLinearRange<Vector, F16, F16>(p, begin, end);
  if (p.w_type == ElementType::kBf16) return SmallLinearRange<Vector, float, Bf16>(p, begin, end);
  if (p.w_type == ElementType::kF16) return SmallLinearRange<Vector, float, F16>(p, begin, end);
  SmallLinearRange<Vector, float, float>(p, begin, end);
}

}  // namespace tessera
