// Keys and values where several sequences share a prefix: the prefix once, and a tail per sequence.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "model/config/model_config.h"
#include "model/kernels/shared_prefix_attention.h"
#include "model/language/kv_cache.h"

namespace tessera {

/// Keys and values of the tokens that several prompts begin with, as SharedPrefixAttention takes them.
struct Prefix {
  std::vector<PackedPrefix> layers;
  std::int64_t tokens = 0;
};

/// The first `tokens` tokens of `cache` (one sequence), which is given up layer by layer.
Prefix MakePrefix(KvCache cache, std::int64_t tokens);

/// Room for the tails of all sequences at a time, made once: [tokens, K, d] per layer.
struct TailCache {
  std::vector<at::Tensor> keys, values;
};

/// layer_devices: where each layer is.
TailCache MakeTailCache(const LanguageConfig& config, std::int64_t tokens, at::ScalarType type,
                        std::span<const at::Device> layer_devices);

/// Gives out consecutive tokens of a TailCache.
class TokenRanges {
 public:
  explicit TokenRanges(std::int64_t tokens) { free_[0] = tokens; }

  /// The first of `count` free tokens in a row; nullopt when there are none.
  std::optional<std::int64_t> Take(std::int64_t count);
  void GiveBack(std::int64_t first, std::int64_t count);

 private:
  std::map<std::int64_t, std::int64_t> free_;  // first -> count; no two touch
};

/// The rows of one pass, grouped by prefix. Sequences stand one after the other, in the order of their rows.
struct RowBatch {
  std::vector<std::shared_ptr<const Prefix>> prefixes;  // of each group; null: none
  std::vector<PrefixRows> groups;
  at::Tensor tail_tokens;  // [rows] int64: where each row's key and value go in the TailCache; on the layer's device
};

/// Adds `tail.rows` rows of a sequence with this prefix behind the rows so far; finds or makes its group.
void AddRows(const std::shared_ptr<const Prefix>& prefix, const TailRows& tail, RowBatch* batch);

/// Sets `tail_tokens` from the groups. rows: of all groups.
void FinishRows(std::int64_t rows, at::Device device, RowBatch* batch);

/// The groups with the prefixes' keys and values of `layer`.
const std::vector<PrefixRows>& GroupsOfLayer(RowBatch& batch, std::size_t layer);

/// Stores keys and values [R, K, d] of the pass; rows beyond the batch's are padding and are left out.
void WriteTails(const at::Tensor& keys, const at::Tensor& values, const RowBatch& batch, std::size_t layer,
                TailCache* tails);

}  // namespace tessera
