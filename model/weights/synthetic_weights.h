// Random weights that are the same on every machine.
#pragma once

#include <cstdint>
#include <span>

#include "model/config/model_config.h"
#include "model/weights/safetensors.h"

namespace tessera {

/// The values of one tensor, each a function of the seed, the tensor's name and its index alone: a sum of four uniform
/// numbers (close to a normal distribution), so that no library's rounding plays a part. Matrices are scaled by
/// 1 / sqrt(inputs), norms and layer scales lie around 1, biases around 0 and embeddings have unit deviation, so that
/// activations keep their size from layer to layer. Rows of the output head from `known_tokens` on are zero: a token
/// that the tokenizer does not know is never the best.
class SyntheticTensor {
 public:
  SyntheticTensor(const TensorSpec& spec, std::uint64_t seed, std::int64_t known_tokens);

  std::int64_t elements() const { return elements_; }

  /// Values [first, first + out.size()); rounded to the nearest even where `out` holds bfloat16.
  void Fill(std::int64_t first, std::span<float> out) const;
  void Fill(std::int64_t first, std::span<std::uint16_t> bfloat16) const;

 private:
  float Value(std::int64_t index) const;

  std::uint64_t seed_;
  std::int64_t elements_ = 1;
  std::int64_t end_;  // zero from here on
  float mean_ = 0;
  float deviation_ = 0;
};

}  // namespace tessera
