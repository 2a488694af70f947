// Attention over a shared prefix in float32 arithmetic, for every processor and type. Internal to
// shared_prefix_attention.cc.
#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "model/kernels/shared_prefix_attention.h"

namespace tessera {

/// SharedPrefixAttention over prefixes that are not repacked, into `mixed`, on the CPU.
void MixOverFloats(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values,
                   std::span<const PrefixRows> groups, at::Tensor& mixed);

}  // namespace tessera
