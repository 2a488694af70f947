#include <ATen/TensorOperators.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/topk.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "harness/base/error.h"
#include "model/generate/beam_tails.h"
#include "model/generate/generate.h"
#include "model/generate/logits.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

struct Beam {
  std::vector<int> ids;
  float score = 0;  // sum of log probabilities
};

/// A finished sequence, without its end token.
struct Hypothesis {
  std::vector<int> ids;
  double score = 0;  // sum of log probabilities / length^length_penalty
};

/// The best `size` finished sequences. Equal scores: the earlier one is dropped first.
class Hypotheses {
 public:
  Hypotheses(int size, double length_penalty)
      : size_(static_cast<std::size_t>(size)), length_penalty_(length_penalty) {}

  double Normalised(float sum, std::size_t length) const {
    return sum / std::pow(static_cast<double>(length), length_penalty_);
  }

  /// `length` counts generated tokens, the end token included.
  void Add(std::vector<int> ids, float sum, std::size_t length) {
    const double score = Normalised(sum, length);
    if (list_.size() == size_ && score <= Worst()->score) return;
    list_.push_back({std::move(ids), score});
    if (list_.size() > size_) list_.erase(Worst());
  }

  /// True when no running beam can do better any more (early_stopping = false).
  bool Closed(float best_running_sum, std::size_t length) const {
    if (list_.size() < size_) return false;
    const auto worst = std::min_element(list_.begin(), list_.end(), ByScore);
    return worst->score >= Normalised(best_running_sum, length);
  }

  /// The best; the last added of equal ones.
  const Hypothesis& Best() const { return *std::max_element(list_.rbegin(), list_.rend(), ByScore); }

 private:
  static bool ByScore(const Hypothesis& a, const Hypothesis& b) { return a.score < b.score; }
  std::vector<Hypothesis>::iterator Worst() { return std::min_element(list_.begin(), list_.end(), ByScore); }

  std::size_t size_;
  double length_penalty_;
  std::vector<Hypothesis> list_;
};

/// A possible next token of a beam.
struct Candidate {
  std::size_t beam = 0;
  int id = 0;
  float score = 0;
};

/// The best 2 x beams continuations, best first. logits: [beams, V].
std::vector<Candidate> BestCandidates(const at::Tensor& logits, const std::vector<Beam>& beams,
                                      const NativeModel& model, const GenerationSettings& settings) {
  // The processors see log probabilities here, not logits, as in the reference.
  at::Tensor scores = at::log_softmax(logits, -1).contiguous();
  const auto vocabulary = static_cast<std::size_t>(scores.size(1));
  float* data = scores.mutable_data_ptr<float>();
  for (std::size_t b = 0; b < beams.size(); ++b) {
    const std::span<float> row(data + b * vocabulary, vocabulary);
    ProcessScores(row, settings,
                  {.bos_token = model.tokenizer.BosId(), .end_token = model.end_token, .generated = &beams[b].ids});
    for (float& score : row) score += beams[b].score;
  }
  const auto wanted = static_cast<std::int64_t>(2 * beams.size());
  const auto [values, indices] = at::topk(scores.flatten(), std::min(wanted, scores.numel()));
  std::vector<Candidate> candidates;
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    const auto index = static_cast<std::size_t>(indices.const_data_ptr<std::int64_t>()[i]);
    const float score = values.const_data_ptr<float>()[i];
    if (std::isnan(score)) {
      throw InputError(fmt::format("logits are not numbers ({} arithmetic)", PrecisionName(model.type)));
    }
    candidates.push_back({.beam = index / vocabulary, .id = static_cast<int>(index % vocabulary), .score = score});
  }
  return candidates;
}

}  // namespace

Generated BeamSearch(const NativeModel& model, const PromptParts& prompt, const GenerationSettings& settings) {
  constexpr float kNeverChosen = -1e9f;  // so that the first step draws all beams from one
  const auto start = Clock::now();
  Clock::time_point first_token = start;
  const auto count = static_cast<std::size_t>(settings.num_beams);
  const auto max_tokens = static_cast<std::size_t>(settings.max_new_tokens);

  BeamTails tails(model, prompt, settings.num_beams, settings.max_new_tokens);
  at::Tensor hidden = tails.Prefill();

  std::vector<Beam> beams(count, Beam{.score = kNeverChosen});
  beams[0].score = 0;
  Hypotheses hypotheses(settings.num_beams, settings.length_penalty);
  bool closed = false;
  while (true) {
    const std::vector<Candidate> candidates =
        BestCandidates(Logits(hidden, model.decoder).cpu(), beams, model, settings);
    const std::size_t length = beams[0].ids.size() + 1;
    std::vector<Beam> next;
    std::vector<std::int64_t> rows;
    std::vector<int> last_ids;
    for (std::size_t rank = 0; rank < candidates.size() && next.size() < count; ++rank) {
      const Candidate& candidate = candidates[rank];
      const std::vector<int>& ids = beams[candidate.beam].ids;
      if (candidate.id == model.end_token) {
        if (rank < count) hypotheses.Add(ids, candidate.score, length);
        continue;
      }
      next.push_back({.ids = ids, .score = candidate.score});
      next.back().ids.push_back(candidate.id);
      rows.push_back(static_cast<std::int64_t>(candidate.beam));
      last_ids.push_back(candidate.id);
    }
    closed = hypotheses.Closed(candidates.front().score, length);
    if (length == 1) first_token = Clock::now();
    beams = std::move(next);
    if (closed || length == max_tokens) break;
    hidden = tails.Step(rows, last_ids);
  }
  if (!closed) {
    for (const Beam& beam : beams) hypotheses.Add(beam.ids, beam.score, beam.ids.size());
  }
  Generated generated{.ids = hypotheses.Best().ids};
  generated.ended = generated.ids.size() < max_tokens;
  if (generated.ended) generated.ids.push_back(model.end_token);
  generated.prefill_s = std::chrono::duration<double>(first_token - start).count();
  generated.decode_s = std::chrono::duration<double>(Clock::now() - first_token).count();
  return generated;
}

}  // namespace tessera
