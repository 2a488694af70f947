// Greedy and beam search over a prompt's embeddings.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <vector>

#include "model/api/generation.h"
#include "model/api/prediction.h"
#include "model/generate/native_model.h"

namespace tessera {

/// Called while generating; either may be empty.
struct GenerationHooks {
  std::function<void(std::span<const float> scores)> on_scores;  // greedy: [V] after the processors, before each choice
  std::function<void(const std::vector<int>& generated)> on_token;  // greedy: after each token, the end token included
};

struct PromptParts;

struct Generated {
  std::vector<int> ids;  // with the end token, when there was one
  bool ended = false;    // false: stopped by max_new_tokens
  double vision_s = 0;   // of pictures that were encoded for it
  double prefill_s = 0;  // up to the first token: its share of the passes
  double decode_s = 0;   // all later tokens
  WorkCounts work;       // what was done for it and not for a question before it
};

/// Throws kInput when the settings are out of range: max_new_tokens, num_beams >= 1; min_new_tokens >= 0; penalty > 0.
void CheckSettings(const GenerationSettings& settings);

/// Generates from prompt embeddings [1, n, L]. Greedy when settings.num_beams is 1, else beam search.
/// Throws kInput as CheckSettings does, and when a score is not a number (broken weights, or overflow in float16).
Generated Generate(const NativeModel& model, const at::Tensor& prompt, const GenerationSettings& settings,
                   const GenerationHooks& hooks = {});

/// Beam search alone; `Generate` calls it, without a prefix. The times are its own, without what making the parts took.
/// Source: SPEC section 10 (transformers 4.37 beam_search, BeamSearchScorer).
Generated BeamSearch(const NativeModel& model, const PromptParts& prompt, const GenerationSettings& settings);

}  // namespace tessera
