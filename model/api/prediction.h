// What a backend gives back for one query.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace tessera {

/// Seconds spent in each stage.
struct Timing {
  double load_image_s = 0;
  double tile_s = 0;
  double vision_s = 0;   // vision tower, pixel shuffle and projector
  double prefill_s = 0;  // up to the first token
  double decode_s = 0;   // all later tokens
};

/// Work that questions share. It is counted once, where it was done first.
struct WorkCounts {
  int pictures = 0;                   // that went through the vision tower
  int tiles = 0;                      // of those pictures
  int prefixes = 0;                   // prompts up to the last picture token that were prefilled
  std::int64_t prefilled_tokens = 0;  // of prefixes and of the questions behind them
  int decode_passes = 0;              // over the weights, each for a token of all answers under way
};

struct Prediction {
  std::string sample_id;
  std::string answer;
  std::vector<int> prompt_ids;  // empty where the backend does not know the tokens
  std::vector<int> answer_ids;
  int prompt_tokens = 0;
  int new_tokens = 0;
  int tiles = 0;
  bool hit_token_limit = false;  // stopped by max_new_tokens, not by the end token
  Timing timing;
  WorkCounts work;
};

enum class Stage { kLoadImage, kTile, kGenerate, kScore };

/// A sample that got no answer. It is unscored, never wrong.
struct Failure {
  std::string sample_id;
  Stage stage = Stage::kGenerate;
  std::string message;
  bool stopped = false;  // the run is being interrupted: nothing is wrong with the sample
};

using Outcome = std::variant<Prediction, Failure>;

}  // namespace tessera
