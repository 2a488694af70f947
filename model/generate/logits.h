// From logits to the next token.
#pragma once

#include <span>
#include <vector>

#include "model/api/generation.h"

namespace tessera {

/// What the processors look at besides the scores.
struct LogitsContext {
  int bos_token = 1;  // stands in front of the generated tokens, as in the reference
  int end_token = 2;
  const std::vector<int>* generated = nullptr;
};

/// Applies the repetition penalty (for each distinct token of <s> and `generated`: score / p if positive, else score *
/// p), then sets the end token to -inf while fewer than min_new_tokens exist. scores: [V]. Source: SPEC section 10
/// (transformers 4.37 RepetitionPenaltyLogitsProcessor, MinNewTokensLengthLogitsProcessor).
void ProcessScores(std::span<float> scores, const GenerationSettings& settings, const LogitsContext& context);

/// Index of the largest score; the lowest index of equal ones.
int ArgMax(std::span<const float> scores);

}  // namespace tessera
