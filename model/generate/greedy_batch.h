// Greedy answers to many prompts at a time: a row per sequence and pass.
#pragma once

#include <exception>
#include <functional>
#include <span>
#include <variant>
#include <vector>

#include "model/config/model_cost.h"
#include "model/generate/generate.h"
#include "model/generate/prefix_pool.h"

namespace tessera {

struct GreedyRequest {
  std::int64_t prompt_tokens = 0;
  std::int64_t prefix_tokens = 0;
  std::size_t prefix_id = 0;  // equal: the same prefix
  GenerationSettings settings;
  GenerationHooks hooks;
};

/// Where the parts of the prompts come from when their turn has come.
struct PromptSource {
  std::function<void(std::span<const std::size_t> requests)> expect;  // these come next; may be empty
  std::function<PromptParts(std::size_t request)> parts;              // what it throws is the answer to that request
};

/// What may be in memory at a time. The first request always gets its turn, however large it is.
struct BatchLimits {
  std::size_t sequences = kQuestionsAtOnce;
  std::int64_t prefix_tokens = 0;  // of all prefixes in use
  std::int64_t tail_tokens = 0;    // of all tails, with room for the whole answers
};

/// An answer, or why there is none.
using GreedyResult = std::variant<Generated, std::exception_ptr>;

/// Takes the result of a request.
using GreedyDeliver = std::function<void(std::size_t request, GreedyResult result)>;

/// Answers requests in order, as many at a time as `limits` allows: tails are prefilled packed, without padding between
/// them, then every pass adds a token to each answer; a finished one leaves at once and the next request takes its
/// place. Each result is delivered as soon as it is there; what `deliver` throws ends the call. Memory for keys and
/// values of tails is taken once. An answer does not depend on what else is in the batch.
void GenerateGreedy(const NativeModel& model, std::span<const GreedyRequest> requests, const PromptSource& source,
                    const BatchLimits& limits, const GreedyDeliver& deliver);

}  // namespace tessera
