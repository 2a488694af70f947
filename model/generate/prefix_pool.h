// Prefixes of prompts: made once, shared by all questions on the same pictures, dropped when they leave.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "model/api/prediction.h"
#include "model/api/query.h"
#include "model/generate/native_model.h"
#include "model/language/tail_cache.h"

namespace tessera {

/// A prompt in tokens. Its prefix ends with the last picture token, wherever its other words are: where a prompt is cut
/// depends on nothing but itself, and so do the values computed from it.
struct TokenPrompt {
  std::vector<int> ids;
  std::size_t prefix_tokens = 0;  // 0: no pictures
  std::vector<std::shared_ptr<const TileBatch>> pictures;
};

/// Renders and tokenises a query. Throws kInput as RenderChat does.
TokenPrompt TokenisePrompt(const NativeModel& model, const Query& query);

/// The two parts of a prompt, and what making them took that was not reported before.
struct PromptParts {
  std::shared_ptr<const Prefix> prefix;  // null: none
  at::Tensor tail;                       // embeddings [t, L] of the other tokens
  double vision_s = 0;
  double prefill_s = 0;
  WorkCounts work;
};

/// Makes and keeps prefixes. Not for several threads.
class PrefixPool {
 public:
  /// shares: false makes the prefix again for each prompt. Prefixes that nobody uses are kept while all together have
  /// at most `most_tokens` tokens.
  PrefixPool(const NativeModel& model, bool shares, std::int64_t most_tokens)
      : model_(model), shares_(shares), most_tokens_(most_tokens) {}

  /// Starts a round of questions: forgets every prefix that none of `prompts` has.
  void Begin(std::span<const TokenPrompt* const> prompts);

  /// Encodes the pictures whose prefixes are missing, tiles of several pictures in one batch.
  void EncodePictures(std::span<const TokenPrompt* const> prompts);

  /// Equal for prompts that share a prefix, within a round.
  std::size_t IdOf(const TokenPrompt& prompt);

  /// The parts of a prompt. Throws kInput when it has another number of picture tokens than its pictures have.
  PromptParts Get(const TokenPrompt& prompt);

  /// Frees the embeddings of pictures; prefixes stay.
  void End();

 private:
  /// Which prompts share a prefix: those with the same tokens, pictures and rotary tables.
  struct Key {
    std::vector<int> ids;
    std::vector<const TileBatch*> pictures;
    std::int64_t rope_regime = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    std::shared_ptr<const Prefix> prefix;
    std::vector<std::weak_ptr<const TileBatch>> pictures;  // expired: the addresses in the key mean nothing any more
    std::int64_t last_use = 0;
  };

  struct Encoded {
    at::Tensor rows;      // embeddings
    double vision_s = 0;  // its share of the batches, by tiles
    bool is_reported = false;
  };

  Key KeyOf(const TokenPrompt& prompt) const;
  bool IsHere(const Key& key) const;
  PromptParts EmbedWhole(const TokenPrompt& prompt);
  at::Tensor PictureRows(const TokenPrompt& prompt);
  std::shared_ptr<const Prefix> Make(const TokenPrompt& prompt);
  void MakeRoom(std::int64_t tokens);

  const NativeModel& model_;
  bool shares_;
  std::int64_t most_tokens_;
  std::int64_t uses_ = 0;
  std::map<Key, Entry> entries_;
  std::map<Key, std::size_t> ids_;  // of this round
  std::map<const TileBatch*, Encoded> embeddings_;
  PromptParts unreported_;  // times and counts only
};

}  // namespace tessera
