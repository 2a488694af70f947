// Matrix products in bfloat16 with weights that were repacked once for AVX-512 BF16.
//
// Columns stand in panels of up to 64. A panel holds, for each pair of neighbouring elements of the depth, that pair of
// every column: [depth / 2][width][2], so that one register takes the pairs of 16 columns as it lies in memory. The
// same panels serve one row (they are read once, in one stream) and thousands (a panel stays in the cache while all
// rows pass). Gated panels hold up to 32 columns of the gate, then the same columns of `up`.
#pragma once

#include <cstdint>

namespace tessera {

inline constexpr std::int64_t kPanelColumns = 64;

/// What happens to a product, rounded to bfloat16, before it is stored. Every step rounds, as the reference's does.
enum class Finish {
  kNone,
  kGelu,      // gelu(product), with the error function
  kAdd,       // product + residual
  kScaleAdd,  // product * scale + residual
  kGated,     // silu(product with the gate) * product with `up`
};

/// y[m, n] = finish(sum over k of x[m, k] w[n, k] + bias[n]). Numbers are bfloat16, stored as their 16 bits; x,
/// residual and y are row-major without gaps.
struct PackedLinearProblem {
  const std::uint16_t* x;         // [rows, depth]
  const std::uint16_t* panels;    // made by PackPanels or PackGatedPanels
  const std::uint16_t* bias;      // [columns], or null; null for kGated
  const std::uint16_t* scale;     // [columns], for kScaleAdd
  const std::uint16_t* residual;  // [rows, columns], for kAdd and kScaleAdd
  std::uint16_t* y;               // [rows, columns]
  std::int64_t rows, columns;
  std::int64_t depth;  // even
  Finish finish;
};

/// Elements that the panels of a matrix [columns, depth] take; twice as many for the two of a gated product.
std::int64_t PanelElements(std::int64_t columns, std::int64_t depth);

/// Repacks w [columns, depth] (depth even) on ATen's threads.
void PackPanels(const std::uint16_t* w, std::int64_t columns, std::int64_t depth, std::uint16_t* panels);

/// Repacks gate and up, [columns, depth] each, for Finish::kGated.
void PackGatedPanels(const std::uint16_t* gate, const std::uint16_t* up, std::int64_t columns, std::int64_t depth,
                     std::uint16_t* panels);

/// Solves the problem on ATen's threads. Sums are float32. The value of a row depends on that row alone: each sum runs
/// over the depth in one order, whatever the number of rows and threads. Needs InstructionSet::kAvx512Bf16.
void PackedLinear(const PackedLinearProblem& problem);

}  // namespace tessera
