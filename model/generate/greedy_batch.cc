// Dimension letters: R rows of a pass, S sequences, L width of the language model, V vocabulary, d head size.
#include "model/generate/greedy_batch.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/seconds_since.h"
#include "model/generate/logits.h"
#include "model/generate/row_quantum.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

/// Most rows of one packed prefill, so that its activations stay bounded; a longer tail goes alone.
constexpr std::int64_t kMostPrefillRows = 2048;

at::TensorOptions LongOptions() { return at::TensorOptions().dtype(at::kLong); }

/// An answer that grows.
struct Sequence {
  std::size_t request = 0;
  PromptParts parts;
  Rope rope;
  std::int64_t first_token = 0;  // of its range in the TailCache
  std::int64_t tokens = 0;       // of its tail so far
  Generated generated;

  std::int64_t PrefixTokens() const { return parts.prefix == nullptr ? 0 : parts.prefix->tokens; }
};

std::int64_t RoomOf(const GreedyRequest& request) {
  return request.prompt_tokens - request.prefix_tokens + request.settings.max_new_tokens;
}

/// Room for as many requests as are answered at a time, at most the limit, at least the largest.
std::int64_t TailTokens(std::span<const GreedyRequest> requests, const BatchLimits& limits) {
  std::vector<std::int64_t> rooms;
  for (const GreedyRequest& request : requests) rooms.push_back(RoomOf(request));
  std::sort(rooms.begin(), rooms.end(), std::greater<>());
  const std::int64_t largest = rooms.front();
  if (rooms.size() > limits.sequences) rooms.resize(limits.sequences);
  return std::max(largest, std::min(std::accumulate(rooms.begin(), rooms.end(), std::int64_t{0}), limits.tail_tokens));
}

class GreedyBatch {
 public:
  GreedyBatch(const NativeModel& model, std::span<const GreedyRequest> requests, const PromptSource& source,
              const BatchLimits& limits, const GreedyDeliver& deliver)
      : model_(model),
        requests_(requests),
        source_(source),
        limits_(limits),
        deliver_(deliver),
        tails_(MakeTailCache(model.config.language, TailTokens(requests, limits), model.type,
                             LayerDevices(model.decoder))),
        ranges_(TailTokens(requests, limits)) {}

  void Run() {
    while (next_ < requests_.size() || !live_.empty()) {
      std::vector<Sequence> admitted = Admit();
      if (!admitted.empty()) Advance(std::move(admitted));
      if (live_.empty()) continue;
      live_.front().parts.work.decode_passes += 1;
      Advance(std::exchange(live_, {}));
    }
  }

 private:
  /// The next requests that fit beside the live ones.
  std::vector<std::pair<std::size_t, std::int64_t>> TakeTurns() {
    std::map<std::size_t, std::int64_t> prefixes;
    for (const Sequence& sequence : live_) {
      prefixes[requests_[sequence.request].prefix_id] = requests_[sequence.request].prefix_tokens;
    }
    std::int64_t rows = 0;
    std::vector<std::pair<std::size_t, std::int64_t>> turns;  // request, first token of its range
    while (next_ < requests_.size() && live_.size() + turns.size() < limits_.sequences) {
      const GreedyRequest& request = requests_[next_];
      const bool is_first = live_.empty() && turns.empty();
      rows += request.prompt_tokens - request.prefix_tokens;
      prefixes[request.prefix_id] = request.prefix_tokens;
      std::int64_t prefix_tokens = 0;
      for (const auto& [id, tokens] : prefixes) prefix_tokens += tokens;
      if (!is_first && (prefix_tokens > limits_.prefix_tokens || (rows > kMostPrefillRows && !turns.empty()))) break;
      const std::optional<std::int64_t> first = ranges_.Take(RoomOf(request));
      if (!first) break;
      turns.emplace_back(next_++, *first);
    }
    return turns;
  }

  std::vector<Sequence> Admit() {
    const auto turns = TakeTurns();
    std::vector<std::size_t> expected;
    for (const auto& turn : turns) expected.push_back(turn.first);
    std::exception_ptr failure;
    try {
      if (source_.expect && !expected.empty()) source_.expect(expected);
    } catch (...) {
      failure = std::current_exception();
    }
    std::vector<Sequence> admitted;
    for (const auto& [request, first] : turns) {
      try {
        if (failure) std::rethrow_exception(failure);
        admitted.push_back({.request = request,
                            .parts = source_.parts(request),
                            .rope = Rope(model_.config.language, model_.type, model_.device),
                            .first_token = first});
      } catch (...) {
        Leave(request, first, std::current_exception());
      }
    }
    return admitted;
  }

  /// One pass over the new tokens of `sequences`: their tails, or the tokens chosen last. Those that go on are live
  /// afterwards.
  void Advance(std::vector<Sequence> sequences) {
    const auto start = Clock::now();
    at::Tensor logits;
    try {
      logits = Logits(LastRows(sequences), model_.decoder).cpu().contiguous();
    } catch (...) {  // what fails for a whole pass: memory, the device
      for (const Sequence& sequence : sequences) {
        Leave(sequence.request, sequence.first_token, std::current_exception());
      }
      return;
    }
    const double share_s = SecondsSince(start) / static_cast<double>(sequences.size());
    for (std::size_t i = 0; i < sequences.size(); ++i) {
      Generated& generated = sequences[i].generated;
      (generated.ids.empty() ? generated.prefill_s : generated.decode_s) += share_s;
      const auto row = logits[static_cast<std::int64_t>(i)];
      Choose(std::move(sequences[i]), {row.mutable_data_ptr<float>(), static_cast<std::size_t>(row.numel())});
    }
  }

  /// Hidden states [S or more, L] of each sequence's last token.
  at::Tensor LastRows(std::vector<Sequence>& sequences) {
    RowBatch batch;
    std::vector<at::Tensor> embeddings, positions, frequencies;
    std::vector<std::int64_t> last;
    std::int64_t rows = 0;
    for (Sequence& sequence : sequences) {
      const bool is_prompt = sequence.generated.ids.empty();
      const std::int64_t added = is_prompt ? sequence.parts.tail.size(0) : 1;
      if (is_prompt) embeddings.push_back(std::exchange(sequence.parts.tail, {}));
      const std::int64_t position = sequence.PrefixTokens() + sequence.tokens;
      sequence.tokens += added;
      positions.push_back(at::arange(position, position + added, at::kFloat));
      frequencies.push_back(sequence.rope.Frequencies(position + added).unsqueeze(0).expand({added, -1}));
      AddRows(sequence.parts.prefix,
              {.first_row = rows, .rows = added, .first_token = sequence.first_token, .tokens = sequence.tokens},
              &batch);
      rows += added;
      last.push_back(rows - 1);
    }
    FinishRows(rows, model_.device, &batch);
    const std::int64_t padding = PaddedRows(rows, model_.type, model_.device) - rows;
    positions.push_back(at::zeros({padding}, at::kFloat));
    frequencies.push_back(frequencies[0].narrow(0, 0, 1).expand({padding, -1}));
    const RopeTables tables =
        MakeRopeTables(model_.config.language, at::cat(positions), at::cat(frequencies), model_.type, model_.device);
    const bool is_decode = embeddings.empty();
    if (is_decode) embeddings.push_back(EmbedLast(sequences));
    embeddings.push_back(at::zeros({padding, embeddings[0].size(1)}, embeddings[0].options()));
    const at::Tensor hidden =
        DecodeRows(at::cat(embeddings), model_.decoder, model_.config.language, tables, batch, tails_);
    if (is_decode) return hidden;
    const auto wanted = PaddedRows(static_cast<std::int64_t>(last.size()), model_.type, model_.device);
    last.resize(static_cast<std::size_t>(wanted), last.back());
    return hidden.index_select(0, at::tensor(last, LongOptions()).to(hidden.device()));
  }

  at::Tensor EmbedLast(const std::vector<Sequence>& sequences) const {
    std::vector<int> ids;
    for (const Sequence& sequence : sequences) ids.push_back(sequence.generated.ids.back());
    return EmbedTokens(model_, ids);
  }

  /// Adds the best token to the answer; the sequence lives on or leaves.
  void Choose(Sequence sequence, std::span<float> scores) {
    const GreedyRequest& request = requests_[sequence.request];
    Generated& generated = sequence.generated;
    try {
      ProcessScores(
          scores, request.settings,
          {.bos_token = model_.tokenizer.BosId(), .end_token = model_.end_token, .generated = &generated.ids});
      if (request.hooks.on_scores) request.hooks.on_scores(scores);
      const int id = ArgMax(scores);
      if (std::isnan(scores[static_cast<std::size_t>(id)])) {
        throw InputError(fmt::format("logits are not numbers after {} tokens ({} arithmetic)", generated.ids.size(),
                                     PrecisionName(model_.type)));
      }
      generated.ids.push_back(id);
      if (request.hooks.on_token) request.hooks.on_token(generated.ids);
      generated.ended = id == model_.end_token;
    } catch (...) {
      return Leave(sequence.request, sequence.first_token, std::current_exception());
    }
    if (!generated.ended && static_cast<int>(generated.ids.size()) < request.settings.max_new_tokens) {
      live_.push_back(std::move(sequence));
      return;
    }
    generated.vision_s = sequence.parts.vision_s;
    generated.prefill_s += sequence.parts.prefill_s;
    generated.work = sequence.parts.work;
    Leave(sequence.request, sequence.first_token, std::move(generated));
  }

  void Leave(std::size_t request, std::int64_t first_token, GreedyResult result) {
    ranges_.GiveBack(first_token, RoomOf(requests_[request]));
    deliver_(request, std::move(result));
  }

  const NativeModel& model_;
  std::span<const GreedyRequest> requests_;
  const PromptSource& source_;
  const BatchLimits& limits_;
  const GreedyDeliver& deliver_;
  TailCache tails_;
  TokenRanges ranges_;
  std::vector<Sequence> live_;
  std::size_t next_ = 0;
};

}  // namespace

void GenerateGreedy(const NativeModel& model, std::span<const GreedyRequest> requests, const PromptSource& source,
                    const BatchLimits& limits, const GreedyDeliver& deliver) {
  if (!requests.empty()) GreedyBatch(model, requests, source, limits, deliver).Run();
}

}  // namespace tessera
