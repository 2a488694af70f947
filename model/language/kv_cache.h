// Keys and values of the tokens seen so far.
#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "model/config/model_config.h"

namespace tessera {

/// Room for `capacity` tokens of B sequences, [B, K, capacity, d] per layer; the first `length` tokens are filled.
/// Keys are stored rotated.
struct KvCache {
  std::vector<at::Tensor> keys, values;  // one per layer
  std::int64_t length = 0;
};

/// layer_devices: where each layer is.
KvCache MakeKvCache(const LanguageConfig& config, std::int64_t sequences, std::int64_t capacity, at::ScalarType type,
                    std::span<const at::Device> layer_devices);

}  // namespace tessera
