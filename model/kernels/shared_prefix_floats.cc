// Dimension letters: R rows, K key/value heads, g query heads per key/value head, d head size, P prefix tokens, N
// tokens of all tails.
#include "model/kernels/shared_prefix_floats.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "model/kernels/row_arithmetic.h"

namespace tessera {
namespace {

/// Queries that read a prefix together.
constexpr std::int64_t kQueryBlock = 256;

/// One query: a head of a row.
struct Query {
  std::int64_t row = 0;
  std::int64_t head_in_group = 0;
  std::int64_t first_token = 0;  // of its tail
  std::int64_t tokens = 0;       // of its tail that it sees
};

/// Some queries of one group, for one key/value head.
struct Block {
  const PrefixRows* group = nullptr;
  std::int64_t kv_head = 0;
  std::vector<Query> queries;
};

std::vector<Block> MakeBlocks(std::span<const PrefixRows> groups, std::int64_t kv_heads, std::int64_t group_heads) {
  std::vector<Block> blocks;
  for (const PrefixRows& group : groups) {
    std::vector<std::vector<Query>> parts(1);
    for (const TailRows& tail : group.tails) {
      for (std::int64_t i = 0; i < tail.rows; ++i) {
        if (static_cast<std::int64_t>(parts.back().size()) + group_heads > kQueryBlock) parts.emplace_back();
        for (std::int64_t h = 0; h < group_heads; ++h) {
          parts.back().push_back({tail.first_row + i, h, tail.first_token, tail.tokens - tail.rows + i + 1});
        }
      }
    }
    for (std::int64_t head = 0; head < kv_heads; ++head) {
      for (const std::vector<Query>& part : parts) blocks.push_back({&group, head, part});
    }
  }
  return blocks;
}

/// Rows of [count, width] as floats: in place, or converted into `room`.
template <typename T>
const float* AsFloats(const T* from, std::int64_t stride, std::int64_t count, std::int64_t width,
                      std::vector<float>& room, std::int64_t* float_stride) {
  if constexpr (std::is_same_v<T, float>) {
    *float_stride = stride;
    return from;
  } else {
    room.resize(static_cast<std::size_t>(std::max(count * width, std::int64_t{1})));
    for (std::int64_t i = 0; i < count; ++i) {
      for (std::int64_t c = 0; c < width; ++c) {
        room[static_cast<std::size_t>(i * width + c)] = static_cast<float>(from[i * stride + c]);
      }
    }
    *float_stride = width;
    return room.data();
  }
}

/// To the working type and back.
template <typename T>
float Rounded(float value) {
  return static_cast<float>(static_cast<T>(value));
}

template <typename T>
class BlockAttention {
 public:
  BlockAttention(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values, const Block& block)
      : block_(block),
        kv_heads_(q.size(1)),
        group_heads_(q.size(2)),
        head_(q.size(3)),
        prefix_(block.group->prefix.tokens),
        q_(q.const_data_ptr<T>()),
        tail_keys_(tail_keys.const_data_ptr<T>() + block.kv_head * head_),
        tail_values_(tail_values.const_data_ptr<T>() + block.kv_head * head_) {
    std::int64_t longest = 0;
    for (const Query& query : block.queries) longest = std::max(longest, query.tokens);
    score_stride_ = (prefix_ + kKeyBlock - 1) / kKeyBlock * kKeyBlock + longest;
    scores_.resize(block.queries.size() * static_cast<std::size_t>(score_stride_));
    queries_.resize(block.queries.size() * static_cast<std::size_t>(head_));
    mixed_.resize(queries_.size());
  }

  void Run(T* out) {
    for (std::size_t i = 0; i < block_.queries.size(); ++i) {
      const T* from = q_ + Offset(block_.queries[i]);
      for (std::int64_t c = 0; c < head_; ++c) QueryAt(i)[c] = static_cast<float>(from[c]);
    }
    ScorePrefix();
    for (std::size_t i = 0; i < block_.queries.size(); ++i) ScoreTailAndNormalise(i);
    MixPrefix();
    for (std::size_t i = 0; i < block_.queries.size(); ++i) {
      MixTail(i);
      T* to = out + Offset(block_.queries[i]);
      for (std::int64_t c = 0; c < head_; ++c) to[c] = static_cast<T>(MixedAt(i)[c]);
    }
  }

 private:
  std::int64_t Offset(const Query& query) const {
    return ((query.row * kv_heads_ + block_.kv_head) * group_heads_ + query.head_in_group) * head_;
  }
  float* QueryAt(std::size_t i) { return queries_.data() + i * static_cast<std::size_t>(head_); }
  float* MixedAt(std::size_t i) { return mixed_.data() + i * static_cast<std::size_t>(head_); }
  float* ScoresAt(std::size_t i) { return scores_.data() + i * static_cast<std::size_t>(score_stride_); }

  void ScorePrefix() {
    if (prefix_ == 0) return;
    const T* keys = block_.group->prefix.keys.template const_data_ptr<T>() + block_.kv_head * head_ * prefix_;
    for (std::int64_t first = 0; first < prefix_; first += kKeyBlock) {
      const std::int64_t count = std::min(kKeyBlock, prefix_ - first);
      std::int64_t stride = prefix_;
      const float* floats = keys_.data();
      if (std::is_same_v<T, float> && count == kKeyBlock) {
        floats = AsFloats(keys + first, prefix_, head_, count, keys_, &stride);
      } else {  // a whole block in any case: what the last one has too much is overwritten by the tail's scores
        stride = kKeyBlock;
        keys_.assign(static_cast<std::size_t>(head_ * kKeyBlock), 0.0f);
        for (std::int64_t c = 0; c < head_; ++c) {
          for (std::int64_t j = 0; j < count; ++j) {
            keys_[static_cast<std::size_t>(c * kKeyBlock + j)] = static_cast<float>(keys[c * prefix_ + first + j]);
          }
        }
        floats = keys_.data();
      }
      for (std::size_t i = 0; i < block_.queries.size(); ++i) {
        KeyBlockScores(QueryAt(i), floats, stride, head_, ScoresAt(i) + first);
      }
    }
  }

  void ScoreTailAndNormalise(std::size_t i) {
    const Query& query = block_.queries[i];
    const std::int64_t token_stride = kv_heads_ * head_;
    float* scores = ScoresAt(i);
    for (std::int64_t first = 0; first < query.tokens; first += kKeyBlock) {
      const std::int64_t count = std::min(kKeyBlock, query.tokens - first);
      std::int64_t stride = 0;
      const float* keys =
          AsFloats(tail_keys_ + (query.first_token + first) * token_stride, token_stride, count, head_, keys_, &stride);
      for (std::int64_t j = 0; j < count; ++j) {
        scores[prefix_ + first + j] = DotProduct(QueryAt(i), keys + j * stride, head_);
      }
    }
    const std::int64_t total = prefix_ + query.tokens;
    const float divisor = std::sqrt(static_cast<float>(head_));
    for (std::int64_t j = 0; j < total; ++j) scores[j] = Rounded<T>(Rounded<T>(scores[j]) / divisor);
    SoftmaxInPlace(scores, total);
    if constexpr (!std::is_same_v<T, float>) {
      for (std::int64_t j = 0; j < total; ++j) scores[j] = Rounded<T>(scores[j]);
    }
  }

  void MixPrefix() {
    if (prefix_ == 0) return;
    const T* values = block_.group->prefix.values.template const_data_ptr<T>() + block_.kv_head * head_ * prefix_;
    for (std::int64_t first = 0; first < prefix_; first += kKeyBlock) {
      const std::int64_t count = std::min(kKeyBlock, prefix_ - first);
      std::int64_t stride = 0;
      const float* floats = AsFloats(values + first * head_, head_, count, head_, keys_, &stride);
      for (std::size_t i = 0; i < block_.queries.size(); ++i) {
        AddWeightedRows(ScoresAt(i) + first, floats, stride, count, head_, MixedAt(i));
      }
    }
  }

  void MixTail(std::size_t i) {
    const Query& query = block_.queries[i];
    const std::int64_t token_stride = kv_heads_ * head_;
    for (std::int64_t first = 0; first < query.tokens; first += kKeyBlock) {
      const std::int64_t count = std::min(kKeyBlock, query.tokens - first);
      std::int64_t stride = 0;
      const float* floats = AsFloats(tail_values_ + (query.first_token + first) * token_stride, token_stride, count,
                                     head_, keys_, &stride);
      AddWeightedRows(ScoresAt(i) + prefix_ + first, floats, stride, count, head_, MixedAt(i));
    }
  }

  const Block& block_;
  std::int64_t kv_heads_, group_heads_, head_, prefix_, score_stride_ = 0;
  const T* q_;
  const T* tail_keys_;
  const T* tail_values_;
  std::vector<float> scores_, queries_, mixed_, keys_;
};

template <typename T>
void RunBlocks(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values,
               const std::vector<Block>& blocks, at::Tensor& mixed) {
  T* out = mixed.mutable_data_ptr<T>();
  at::parallel_for(0, static_cast<std::int64_t>(blocks.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      BlockAttention<T>(q, tail_keys, tail_values, blocks[static_cast<std::size_t>(i)]).Run(out);
    }
  });
}

}  // namespace

void MixOverFloats(const at::Tensor& q, const at::Tensor& tail_keys, const at::Tensor& tail_values,
                   std::span<const PrefixRows> groups, at::Tensor& mixed) {
  const std::vector<Block> blocks = MakeBlocks(groups, q.size(1), q.size(2));
  switch (q.scalar_type()) {
    case at::kBFloat16:
      RunBlocks<c10::BFloat16>(q, tail_keys, tail_values, blocks, mixed);
      break;
    case at::kHalf:
      RunBlocks<c10::Half>(q, tail_keys, tail_values, blocks, mixed);
      break;
    default:
      RunBlocks<float>(q, tail_keys, tail_values, blocks, mixed);
  }
}

}  // namespace tessera
