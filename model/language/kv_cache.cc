#include "model/language/kv_cache.h"

#include <ATen/ops/empty.h>

namespace tessera {

KvCache MakeKvCache(const LanguageConfig& config, std::int64_t sequences, std::int64_t capacity, at::ScalarType type,
                    at::Device device) {
  KvCache cache;
  const auto options = at::TensorOptions().dtype(type).device(device);
  for (int i = 0; i < config.num_hidden_layers; ++i) {
    for (auto* side : {&cache.keys, &cache.values}) {
      side->push_back(at::empty({sequences, config.num_key_value_heads, capacity, HeadDim(config)}, options));
    }
  }
  return cache;
}

KvCache SelectSequences(const KvCache& cache, const at::Tensor& rows) {
  KvCache selected{.length = cache.length};
  const auto select = [&](const at::Tensor& from) {
    at::Tensor to = at::empty({rows.size(0), from.size(1), from.size(2), from.size(3)}, from.options());
    to.narrow(2, 0, cache.length).copy_(from.narrow(2, 0, cache.length).index_select(0, rows));
    return to;
  };
  for (const at::Tensor& keys : cache.keys) selected.keys.push_back(select(keys));
  for (const at::Tensor& values : cache.values) selected.values.push_back(select(values));
  return selected;
}

}  // namespace tessera
