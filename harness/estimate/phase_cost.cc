// n prompt tokens, m new tokens.
#include "harness/estimate/phase_cost.h"

#include <algorithm>

namespace tessera {
namespace {

double Batches(int tiles) { return (tiles + kVisionBatchTiles - 1) / kVisionBatchTiles; }

}  // namespace

PhaseCost& PhaseCost::operator+=(const PhaseCost& other) {
  flops += other.flops;
  bytes += other.bytes;
  return *this;
}

PhaseCosts::PhaseCosts(const ModelConfig& config, int bytes_per_element, WeightFormat format)
    : flops_(CountFlops(config)) {
  const WeightBytes weights = CountWeightBytes(config, bytes_per_element, format);
  vision_bytes_ = static_cast<double>(weights.vision);
  projector_bytes_ = static_cast<double>(weights.projector);
  language_bytes_ = static_cast<double>(weights.language);
  kv_bytes_per_token_ = static_cast<double>(KvBytesPerToken(config.language, bytes_per_element));
}

PhaseCost PhaseCosts::Vision(int tiles) const {
  const double per_tile = VisionFlopsPerTile(flops_) - flops_.projector_per_tile;
  return {.flops = tiles * per_tile, .bytes = Batches(tiles) * vision_bytes_};
}

PhaseCost PhaseCosts::Projector(int tiles) const {
  return {.flops = tiles * flops_.projector_per_tile, .bytes = Batches(tiles) * projector_bytes_};
}

PhaseCost PhaseCosts::Prefill(int prompt_tokens, int beams, int shared_tokens) const {
  const double n = prompt_tokens, shared = shared_tokens;
  const double pairs = n * (n + 1) / 2 - shared * (shared + 1) / 2;
  return {.flops = (n - shared) * flops_.language_linear_per_token + pairs * flops_.language_attention_per_token_pair +
                   beams * flops_.output_head_per_position,
          .bytes = shared_tokens > 0 && beams == 1 ? 0 : language_bytes_};
}

PhaseCost PhaseCosts::Decode(int prompt_tokens, int new_tokens, int beams, int shared_steps) const {
  const double n = prompt_tokens;
  const double steps = new_tokens - 1;                      // the first token is the prefill's
  const double keys = steps * n + steps * (steps + 1) / 2;  // step i of 1 ... m - 1 sees n + i tokens
  return {.flops = beams * (steps * (flops_.language_linear_per_token + flops_.output_head_per_position) +
                            keys * flops_.language_attention_per_token_pair),
          .bytes = std::max(0.0, steps - shared_steps) * language_bytes_ + beams * keys * kv_bytes_per_token_};
}

}  // namespace tessera
