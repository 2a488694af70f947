// Keys and values of a beam search: the prompt's prefix once, and a tail for each beam.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "model/generate/native_model.h"
#include "model/generate/prefix_pool.h"
#include "model/language/rope.h"
#include "model/language/tail_cache.h"

namespace tessera {

/// Runs the language model over the beams of one prompt, a token of each at a time.
class BeamTails {
 public:
  /// Room for `beams` answers of `max_new_tokens` to the prompt with these parts.
  BeamTails(const NativeModel& model, const PromptParts& parts, std::int64_t beams, std::int64_t max_new_tokens);

  /// Hidden states [beams, L] after the prompt, which all beams continue. Call it once, first.
  at::Tensor Prefill();

  /// Hidden states [beams, L] after one more token of each beam, where beam b goes on from beam from[b] so far.
  at::Tensor Step(const std::vector<std::int64_t>& from, const std::vector<int>& ids);

 private:
  void CopyTails(const std::vector<std::int64_t>& from);
  at::Tensor Pass(const at::Tensor& embeddings, std::int64_t sequences);

  const NativeModel& model_;
  std::shared_ptr<const Prefix> prefix_;
  at::Tensor prompt_tail_;
  std::int64_t beams_;
  std::int64_t room_;        // tokens of one tail
  std::int64_t tokens_ = 0;  // of each tail so far
  Rope rope_;
  TailCache tails_;
};

}  // namespace tessera
