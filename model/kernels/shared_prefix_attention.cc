// Dimension letters: R rows, K key/value heads, g query heads per key/value head, d head size, P prefix tokens, N
// tokens of all tails.
#include "model/kernels/shared_prefix_attention.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "model/kernels/instruction_set.h"
#include "model/kernels/parallel_tasks.h"
#include "model/kernels/prefix_attention_bf16.h"
#include "model/kernels/shared_prefix_floats.h"

namespace tessera {
namespace {

/// Whether the kernel with bfloat16 dot products does the attention, over repacked prefixes.
bool UseTiles(const at::Tensor& t) {
#if defined(__x86_64__)
  return t.is_cpu() && t.scalar_type() == at::kBFloat16 && t.size(-1) % 16 == 0 &&
         ActiveInstructionSet() == InstructionSet::kAvx512Bf16;
#else
  return false;
#endif
}

#if defined(__x86_64__)
const std::uint16_t* Bits(const at::Tensor& t) {
  return reinterpret_cast<const std::uint16_t*>(t.const_data_ptr<at::BFloat16>());
}

const std::uint32_t* Pairs(const at::Tensor& t) { return reinterpret_cast<const std::uint32_t*>(Bits(t)); }

std::uint32_t* MutablePairs(at::Tensor& t) {
  return reinterpret_cast<std::uint32_t*>(t.mutable_data_ptr<at::BFloat16>());
}

PackedPrefix PackPairs(const at::Tensor& keys, const at::Tensor& values) {
  const std::int64_t heads = keys.size(0), tokens = keys.size(1), head = keys.size(2);
  const std::int64_t key_pairs = PackedKeyPairs(tokens, head), value_pairs = PackedValuePairs(tokens, head);
  PackedPrefix prefix{.keys = at::empty({heads, 2 * key_pairs}, keys.options()),
                      .values = at::empty({heads, 2 * value_pairs}, values.options()),
                      .tokens = tokens};
  ParallelTasks(heads, [&](std::int64_t i, int) {
    PackKeysAvx512Bf16(Bits(keys) + i * keys.stride(0), keys.stride(1), tokens, head,
                       MutablePairs(prefix.keys) + i * key_pairs);
    PackValuesAvx512Bf16(Bits(values) + i * values.stride(0), values.stride(1), tokens, head,
                         MutablePairs(prefix.values) + i * value_pairs);
  });
  return prefix;
}

/// A row of a pass, and what it sees of its tail.
struct Row {
  std::int64_t row = 0;
  std::int64_t first_token = 0;
  std::int64_t tokens = 0;
};

/// Rows that read a prefix together: all of one sequence, whose tail is repacked for them, or the single rows of many.
struct Rows {
  const PackedPrefix* prefix = nullptr;
  std::size_t first = 0;  // in the list of all rows
  std::int64_t count = 0;
  std::int64_t tail_tokens = 0;   // of the repacked tail; 0: each row reads its own
  std::int64_t packed_pairs = 0;  // before the repacked tail, in the memory of all of them
};

/// Queries [first, first + count) of some rows for one key/value head, numbered row by row, head by head.
struct Part {
  const Rows* rows = nullptr;
  std::int64_t kv_head = 0;
  std::int64_t first = 0, count = 0;
};

/// Which of the two kinds of Rows a row is in depends on its sequence alone, and so does its result.
class TileAttention {
 public:
  TileAttention(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values,
                std::span<const PrefixRows> groups, at::Tensor& mixed)
      : kv_heads_(q.size(1)),
        group_heads_(q.size(2)),
        head_(q.size(3)),
        q_(Bits(q)),
        tail_keys_(Bits(tail_keys)),
        tail_values_(Bits(tail_values)),
        out_(reinterpret_cast<std::uint16_t*>(mixed.mutable_data_ptr<at::BFloat16>())) {
    for (const PrefixRows& group : groups) AddGroup(group);
    for (const Rows& rows : rows_) {
      for (std::int64_t kv_head = 0; kv_head < kv_heads_; ++kv_head) {
        const std::int64_t queries = rows.count * group_heads_;
        for (std::int64_t first = 0; first < queries; first += kPrefixQueries) {
          parts_.push_back({&rows, kv_head, first, std::min(kPrefixQueries, queries - first)});
        }
      }
    }
  }

  void Run() const {
    const at::TensorOptions bytes = at::TensorOptions().dtype(at::kByte);
    const at::Tensor tails = at::empty({packed_pairs_, 4}, bytes);
    auto* const packed = static_cast<std::uint32_t*>(tails.mutable_data_ptr());
    if (packed_pairs_ > 0) PackTails(packed);
    const std::int64_t scratch_bytes = PrefixScratchBytes(longest_prefix_, longest_tail_, head_);
    const at::Tensor scratch = at::empty({at::get_num_threads(), scratch_bytes}, bytes);
    auto* const memory = static_cast<std::byte*>(scratch.mutable_data_ptr());
    ParallelTasks(static_cast<std::int64_t>(parts_.size()), [&](std::int64_t i, int worker) {
      RunPart(parts_[static_cast<std::size_t>(i)], packed, memory + worker * scratch_bytes);
    });
  }

 private:
  void AddGroup(const PrefixRows& group) {
    longest_prefix_ = std::max(longest_prefix_, group.prefix.tokens);
    Rows single{.prefix = &group.prefix};
    for (const TailRows& tail : group.tails) {
      longest_tail_ = std::max(longest_tail_, tail.tokens);
      if (tail.rows == 1) continue;
      rows_.push_back({.prefix = &group.prefix,
                       .first = all_rows_.size(),
                       .count = tail.rows,
                       .tail_tokens = tail.tokens,
                       .packed_pairs = packed_pairs_});
      packed_pairs_ += kv_heads_ * PairsOf(tail.tokens);
      for (std::int64_t i = 0; i < tail.rows; ++i) {
        all_rows_.push_back({tail.first_row + i, tail.first_token, tail.tokens - tail.rows + i + 1});
      }
    }
    single.first = all_rows_.size();
    for (const TailRows& tail : group.tails) {
      if (tail.rows == 1) all_rows_.push_back({tail.first_row, tail.first_token, tail.tokens});
    }
    single.count = static_cast<std::int64_t>(all_rows_.size() - single.first);
    if (single.count > 0) rows_.push_back(single);
  }

  /// Pairs of a repacked tail of this length, for one key/value head.
  std::int64_t PairsOf(std::int64_t tokens) const {
    return PackedKeyPairs(tokens, head_) + PackedValuePairs(tokens, head_);
  }

  std::int64_t TokenStride() const { return kv_heads_ * head_; }

  void PackTails(std::uint32_t* packed) const {
    ParallelTasks(static_cast<std::int64_t>(rows_.size()) * kv_heads_, [&](std::int64_t i, int) {
      const Rows& rows = rows_[static_cast<std::size_t>(i / kv_heads_)];
      if (rows.tail_tokens == 0) return;
      const std::int64_t kv_head = i % kv_heads_;
      const std::int64_t offset = all_rows_[rows.first].first_token * TokenStride() + kv_head * head_;
      std::uint32_t* const keys = packed + rows.packed_pairs + kv_head * PairsOf(rows.tail_tokens);
      PackKeysAvx512Bf16(tail_keys_ + offset, TokenStride(), rows.tail_tokens, head_, keys);
      PackValuesAvx512Bf16(tail_values_ + offset, TokenStride(), rows.tail_tokens, head_,
                           keys + PackedKeyPairs(rows.tail_tokens, head_));
    });
  }

  void RunPart(const Part& part, const std::uint32_t* packed_tails, std::byte* scratch) const {
    const Rows& rows = *part.rows;
    std::array<PrefixQuery, kPrefixQueries> queries;
    for (std::int64_t i = 0; i < part.count; ++i) {
      const std::int64_t query = part.first + i;
      const Row& row = all_rows_[rows.first + static_cast<std::size_t>(query / group_heads_)];
      const std::int64_t offset = ((row.row * kv_heads_ + part.kv_head) * group_heads_ + query % group_heads_) * head_;
      const std::int64_t tail = row.first_token * TokenStride() + part.kv_head * head_;
      queries[static_cast<std::size_t>(i)] = {.q = q_ + offset,
                                              .out = out_ + offset,
                                              .tail_keys = tail_keys_ + tail,
                                              .tail_values = tail_values_ + tail,
                                              .tail_tokens = row.tokens};
    }
    PrefixPart call{.queries = queries.data(),
                    .count = part.count,
                    .tail_stride = TokenStride(),
                    .head = head_,
                    .scale = static_cast<float>(1 / std::sqrt(static_cast<double>(head_)))};
    if (const std::int64_t tokens = rows.prefix->tokens; tokens > 0) {
      call.prefix = {.keys = Pairs(rows.prefix->keys) + part.kv_head * PackedKeyPairs(tokens, head_),
                     .values = Pairs(rows.prefix->values) + part.kv_head * PackedValuePairs(tokens, head_),
                     .tokens = tokens};
    }
    if (const std::int64_t tokens = rows.tail_tokens; tokens > 0) {
      const std::uint32_t* const keys = packed_tails + rows.packed_pairs + part.kv_head * PairsOf(tokens);
      call.tail = {.keys = keys, .values = keys + PackedKeyPairs(tokens, head_), .tokens = tokens};
    }
    PrefixAttentionAvx512Bf16(call, scratch);
  }

  std::int64_t kv_heads_, group_heads_, head_;
  const std::uint16_t* q_;
  const std::uint16_t* tail_keys_;
  const std::uint16_t* tail_values_;
  std::uint16_t* out_;
  std::int64_t longest_prefix_ = 0, longest_tail_ = 0;
  std::int64_t packed_pairs_ = 0;
  std::vector<Row> all_rows_;
  std::vector<Rows> rows_;
  std::vector<Part> parts_;
};
#endif

}  // namespace

PackedPrefix PackPrefix(const at::Tensor& keys, const at::Tensor& values) {
#if defined(__x86_64__)
  if (UseTiles(keys)) return PackPairs(keys, values);
#endif
  return {.keys = keys.transpose(1, 2).contiguous(), .values = values.contiguous(), .tokens = keys.size(1)};
}

at::Tensor SharedPrefixAttention(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values,
                                 std::span<const PrefixRows> groups) {
  if (!q.is_cpu()) return MergedPrefixAttention(q, tail_keys, tail_values, groups);
  at::Tensor mixed = at::zeros_like(q);
#if defined(__x86_64__)
  if (UseTiles(q)) {
    TileAttention(q, tail_keys, tail_values, groups, mixed).Run();
    return mixed;
  }
#endif
  MixOverFloats(q, tail_keys, tail_values, groups, mixed);
  return mixed;
}

}  // namespace tessera
