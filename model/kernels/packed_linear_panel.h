// The vector code of packed_linear.cc. Internal to it.
#pragma once

#include "model/kernels/packed_linear.h"

namespace tessera {

/// Depth of the part of a panel that stays in the second-level cache while rows pass.
inline constexpr std::int64_t kPanelDepth = 2048;

/// Rows [first_row, last_row) of panel `panel`. `sums` holds (last_row - first_row) * kPanelColumns floats where the
/// depth is more than kPanelDepth; it is not used otherwise.
void MultiplyPanelAvx512Bf16(const PackedLinearProblem& problem, std::int64_t panel, std::int64_t first_row,
                             std::int64_t last_row, float* sums);

}  // namespace tessera
