// How the questions of one call share the passes and the memory of the native model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

/// A question of a call.
struct PlannedAnswer {
  std::size_t prefix = 0;          // equal: the same prefix; of no interest where prefix_tokens is 0
  std::int64_t prefix_tokens = 0;  // up to the last picture token
  std::int64_t tail_tokens = 0;    // the rest of the prompt, and room for the answer
  int steps = 0;                   // new tokens without the first, which comes from the prefill
};

/// Answers in their order, as the native model lets them begin: each when one of kQuestionsAtOnce places is free, and
/// memory for its prefix and its tail.
class CallLoad {
 public:
  /// most_tokens: of all prefixes in use, and of all tails in use, at least 1.
  explicit CallLoad(std::int64_t most_tokens) : most_tokens_(most_tokens) {}

  /// The next answer. Returns how many passes over the weights it needs beyond those of the answers before it.
  int Add(const PlannedAnswer& answer);

  /// Tokens whose keys and values are in memory, at most: prefixes are kept while there is room.
  std::int64_t TokensInMemory() const;

 private:
  struct Live {
    PlannedAnswer answer;
    int end = 0;  // the pass with which it leaves
  };

  bool Fits(const PlannedAnswer& answer) const;

  std::int64_t most_tokens_;
  std::vector<Live> live_;
  int now_ = 0;                        // passes before the answer that came last
  int passes_ = 0;                     // of all answers
  std::vector<std::size_t> prefixes_;  // seen, ascending
  std::int64_t prefix_tokens_ = 0;     // of all of them
  std::int64_t largest_prefix_ = 0;
  std::vector<std::int64_t> tails_;  // the largest kQuestionsAtOnce, descending
};

}  // namespace tessera
