// Attention over a repacked prefix and a tail, with dot products of AVX-512 BF16. Internal to
// shared_prefix_attention.cc. Numbers are bfloat16, stored as their 16 bits; a head has a multiple of 16 of them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera {

/// Keys and values of one key/value head for consecutive tokens, repacked in pairs.
struct PackedTokens {
  const std::uint32_t* keys = nullptr;
  const std::uint32_t* values = nullptr;
  std::int64_t tokens = 0;
};

/// Pairs that the repacked keys and values of one key/value head take.
std::int64_t PackedKeyPairs(std::int64_t tokens, std::int64_t head);
std::int64_t PackedValuePairs(std::int64_t tokens, std::int64_t head);

/// Repack [tokens, head]; `stride` is in elements.
void PackKeysAvx512Bf16(const std::uint16_t* keys, std::int64_t stride, std::int64_t tokens, std::int64_t head,
                        std::uint32_t* packed);
void PackValuesAvx512Bf16(const std::uint16_t* values, std::int64_t stride, std::int64_t tokens, std::int64_t head,
                          std::uint32_t* packed);

/// Queries that go over a prefix together.
inline constexpr std::int64_t kPrefixQueries = 48;

/// One query, [head], and its own tail, [tokens, head].
struct PrefixQuery {
  const std::uint16_t* q;
  std::uint16_t* out;
  const std::uint16_t* tail_keys;    // read only where the tail is not repacked
  const std::uint16_t* tail_values;  // likewise
  std::int64_t tail_tokens;          // those that it sees
};

/// Queries of one key/value head.
struct PrefixPart {
  PackedTokens prefix;
  PackedTokens tail;  // of all queries, in the order of the tokens that they see; without keys: each has its own
  const PrefixQuery* queries;
  std::int64_t count;        // of queries, 1 to kPrefixQueries
  std::int64_t tail_stride;  // from token to token of tails that are not repacked
  std::int64_t head;
  float scale;  // 1 / sqrt(head)
};

/// Bytes of scratch memory for a part with a prefix and tails of at most these lengths.
std::int64_t PrefixScratchBytes(std::int64_t prefix_tokens, std::int64_t tail_tokens, std::int64_t head);

/// out = softmax(scale q k^T) v over prefix and tail for each query. Scores and probabilities are rounded to bfloat16,
/// sums and the softmax are float32. A query's result does not depend on the other queries of the part, to the bit, as
/// long as its tail is repacked or not in both cases. `scratch` is aligned to 64 bytes.
void PrefixAttentionAvx512Bf16(const PrefixPart& part, std::byte* scratch);

}  // namespace tessera
