// Generation settings, as transformers names them.
#pragma once

namespace tessera {

/// Greedy when num_beams is 1, else beam search with length-normalised scores. There is no sampling.
struct GenerationSettings {
  int max_new_tokens = 1024;
  int min_new_tokens = 0;  ///< the end token is masked while fewer exist
  int num_beams = 1;
  double repetition_penalty = 1.0;  ///< over generated tokens (and <s>), never the prompt
  double length_penalty = 1.0;      ///< beam search only
};

}  // namespace tessera
