// Rotary position embeddings: plain, dynamic NTK, and Phi-3's long-rope.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/config/model_config.h"

namespace tessera {

/// Cosines and sines of consecutive positions, [n, d] each; the d/2 values stand twice.
struct RopeTables {
  at::Tensor cos, sin;
};

/// What the rotary tables of a prompt of `prompt_tokens` depend on besides the positions: prompts of equal regimes that
/// begin with the same tokens have the same keys there.
std::int64_t RopeRegime(const LanguageConfig& config, std::int64_t prompt_tokens);

/// Tables for `positions` [n] (float32). frequencies: [d/2], or [n, d/2] for a row of its own per position.
RopeTables MakeRopeTables(const LanguageConfig& config, const at::Tensor& positions, const at::Tensor& frequencies,
                          at::ScalarType type, at::Device device);

/// Makes the tables of one conversation. Dynamic NTK has a state: a table that was rebuilt for a long key length stays
/// for later, shorter calls. The reference keeps that state for the life of the process, so that answers depend on what
/// was asked before; here it lives as long as the conversation's KV cache. Source: SPEC sections 4 and 5.
class Rope {
 public:
  Rope(const LanguageConfig& config, at::ScalarType type, at::Device device);

  /// Tables for the positions first_position .. key_length - 1 of a forward that sees `key_length` keys.
  RopeTables Tables(std::int64_t first_position, std::int64_t key_length);

  /// Angle per position [d/2], float32, of a forward that sees `key_length` keys.
  const at::Tensor& Frequencies(std::int64_t key_length);

 private:
  at::Tensor ComputeFrequencies(bool is_long) const;

  LanguageConfig config_;
  at::ScalarType type_;
  at::Device device_;
  std::int64_t table_length_;  // dynamic NTK: the length that the current table was built for
  std::int64_t regime_ = -1;   // of `frequencies_`
  at::Tensor frequencies_;
};

/// x * cos + cat(-x[d/2:], x[:d/2]) * sin over the last dimension; cos and sin broadcast against x.
at::Tensor Rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin);

}  // namespace tessera
