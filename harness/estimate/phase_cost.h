// FLOPs and moved bytes of the parts of an answer.
#pragma once

#include <cstdint>

#include "model/config/model_config.h"
#include "model/config/model_cost.h"

namespace tessera {

/// `bytes` are the weights and the KV cache that the arithmetic has to read: what bounds it on a fast processor.
struct PhaseCost {
  double flops = 0;
  double bytes = 0;
  PhaseCost& operator+=(const PhaseCost& other);
};

/// What the phases of one checkpoint cost, one multiply-add = 2 FLOPs. Attention is causal: a token meets itself and
/// the ones before it.
class PhaseCosts {
 public:
  PhaseCosts(const ModelConfig& config, int bytes_per_element, WeightFormat format = WeightFormat::kStored);

  PhaseCost Vision(int tiles) const;     ///< one picture; weights are read once per batch of kVisionBatchTiles
  PhaseCost Projector(int tiles) const;  ///< the same for pixel shuffle and projector
  /// Up to the first new token. The first `shared_tokens` were prefilled for another question, in whose pass over the
  /// weights this one goes along; a beam search makes its own.
  PhaseCost Prefill(int prompt_tokens, int beams, int shared_tokens = 0) const;
  /// All later tokens. The first `shared_steps` passes over the weights are made for other answers too.
  PhaseCost Decode(int prompt_tokens, int new_tokens, int beams, int shared_steps = 0) const;

 private:
  FlopCount flops_;
  double vision_bytes_ = 0;
  double projector_bytes_ = 0;
  double language_bytes_ = 0;  // without the embedding table, of which a token reads one row
  double kv_bytes_per_token_ = 0;
};

}  // namespace tessera
