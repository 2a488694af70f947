#include "model/language/tail_cache.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <iterator>

namespace tessera {

Prefix MakePrefix(KvCache cache, std::int64_t tokens) {
  Prefix prefix{.tokens = tokens};
  for (std::size_t i = 0; i < cache.keys.size(); ++i) {
    prefix.layers.push_back(PackPrefix(cache.keys[i][0].narrow(1, 0, tokens), cache.values[i][0].narrow(1, 0, tokens)));
    cache.keys[i].reset();
    cache.values[i].reset();
  }
  return prefix;
}

TailCache MakeTailCache(const LanguageConfig& config, std::int64_t tokens, at::ScalarType type,
                        std::span<const at::Device> layer_devices) {
  TailCache cache;
  for (const at::Device& device : layer_devices) {
    const auto options = at::TensorOptions().dtype(type).device(device);
    for (auto* side : {&cache.keys, &cache.values}) {
      side->push_back(at::empty({tokens, config.num_key_value_heads, HeadDim(config)}, options));
    }
  }
  return cache;
}

std::optional<std::int64_t> TokenRanges::Take(std::int64_t count) {
  const auto fits = std::find_if(free_.begin(), free_.end(), [&](const auto& range) { return range.second >= count; });
  if (fits == free_.end()) return std::nullopt;
  const auto [first, size] = *fits;
  free_.erase(fits);
  if (size > count) free_[first + count] = size - count;
  return first;
}

void TokenRanges::GiveBack(std::int64_t first, std::int64_t count) {
  auto range = free_.emplace(first, count).first;
  const auto next = std::next(range);
  if (next != free_.end() && range->first + range->second == next->first) {
    range->second += next->second;
    free_.erase(next);
  }
  if (range == free_.begin()) return;
  const auto previous = std::prev(range);
  if (previous->first + previous->second != range->first) return;
  previous->second += range->second;
  free_.erase(range);
}

void AddRows(const std::shared_ptr<const Prefix>& prefix, const TailRows& tail, RowBatch* batch) {
  const auto found = std::find(batch->prefixes.begin(), batch->prefixes.end(), prefix);
  const auto group = static_cast<std::size_t>(found - batch->prefixes.begin());
  if (found == batch->prefixes.end()) {
    batch->prefixes.push_back(prefix);
    batch->groups.emplace_back();
  }
  batch->groups[group].tails.push_back(tail);
}

void FinishRows(std::int64_t rows, at::Device device, RowBatch* batch) {
  std::vector<std::int64_t> tokens(static_cast<std::size_t>(rows));
  for (const PrefixRows& group : batch->groups) {
    for (const TailRows& tail : group.tails) {
      for (std::int64_t i = 0; i < tail.rows; ++i) {
        tokens[static_cast<std::size_t>(tail.first_row + i)] = tail.first_token + tail.tokens - tail.rows + i;
      }
    }
  }
  batch->tail_tokens = at::tensor(tokens, at::TensorOptions().dtype(at::kLong)).to(device);
}

const std::vector<PrefixRows>& GroupsOfLayer(RowBatch& batch, std::size_t layer) {
  for (std::size_t i = 0; i < batch.groups.size(); ++i) {
    if (batch.prefixes[i] != nullptr) batch.groups[i].prefix = batch.prefixes[i]->layers[layer];
  }
  return batch.groups;
}

void WriteTails(const at::Tensor& keys, const at::Tensor& values, const RowBatch& batch, std::size_t layer,
                TailCache* tails) {
  const std::int64_t rows = batch.tail_tokens.size(0);
  tails->keys[layer].index_copy_(0, batch.tail_tokens, keys.narrow(0, 0, rows));
  tails->values[layer].index_copy_(0, batch.tail_tokens, values.narrow(0, 0, rows));
}

}  // namespace tessera
