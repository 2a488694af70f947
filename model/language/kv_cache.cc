#include "model/language/kv_cache.h"

#include <ATen/ops/empty.h>

namespace tessera {

KvCache MakeKvCache(const LanguageConfig& config, std::int64_t sequences, std::int64_t capacity, at::ScalarType type,
                    std::span<const at::Device> layer_devices) {
  KvCache cache;
  for (const at::Device& device : layer_devices) {
    const auto options = at::TensorOptions().dtype(type).device(device);
    for (auto* side : {&cache.keys, &cache.values}) {
      side->push_back(at::empty({sequences, config.num_key_value_heads, capacity, HeadDim(config)}, options));
    }
  }
  return cache;
}

}  // namespace tessera
