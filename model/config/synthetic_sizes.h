// Sizes of checkpoints that are made, not trained.
#pragma once

#include <array>
#include <string_view>

#include "model/config/model_config.h"

namespace tessera {

inline constexpr std::array<std::string_view, 3> kSyntheticSizes = {"mini-2b", "small", "26b-slice"};

/// "mini-2b": the sizes of Mini-InternVL-Chat-2B-V1-5 (2.2 billion parameters). "small": the same structure with about
/// 0.1 billion, three quarters of them in the embedding and the output head. "26b-slice": the widths of
/// InternVL-Chat-V1-5 with two layers of each half (2.3 billion). torch_dtype is "bfloat16". Source: SPEC section 2.
/// Throws kUsage for another name.
ModelConfig SyntheticSizes(std::string_view name);

}  // namespace tessera
