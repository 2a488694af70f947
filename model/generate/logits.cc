#include "model/generate/logits.h"

#include <algorithm>
#include <limits>

namespace tessera {

void ProcessScores(std::span<float> scores, const GenerationSettings& settings, const LogitsContext& context) {
  if (settings.repetition_penalty != 1.0) {
    std::vector<int> seen = *context.generated;
    seen.push_back(context.bos_token);
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    const auto penalty = static_cast<float>(settings.repetition_penalty);
    for (const int id : seen) {
      float& score = scores[static_cast<std::size_t>(id)];
      score = score < 0 ? score * penalty : score / penalty;
    }
  }
  if (static_cast<int>(context.generated->size()) < settings.min_new_tokens) {
    scores[static_cast<std::size_t>(context.end_token)] = -std::numeric_limits<float>::infinity();
  }
}

int ArgMax(std::span<const float> scores) {
  return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

}  // namespace tessera
