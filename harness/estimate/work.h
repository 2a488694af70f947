// What a run will cost, from its plan and the headers of its pictures.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/estimate/judge_work.h"
#include "harness/estimate/phase_cost.h"
#include "harness/estimate/planned_model.h"
#include "harness/runner/plan.h"

namespace tessera {

/// The work of one benchmark, or of a whole run. What stands below `model_known` is 0 when no model is known. Samples
/// that cannot be asked count in `samples` and `failed` alone.
struct Work {
  std::int64_t samples = 0;
  std::int64_t failed = 0;         // a picture cannot be read, or the prompt cannot be made
  std::int64_t pictures = 0;       // distinct ones
  std::int64_t tiles = 0;          // shown, over all questions, as the journal counts them
  std::int64_t encoded_tiles = 0;  // that go through the vision tower: once for all questions on the same pictures
  std::int64_t new_tokens_limit = 0;
  std::int64_t run_folder_bytes = 0;  // when answers are as long as expected
  JudgeWork judge;

  bool model_known = false;
  bool prompts_known = true;       // false: prompts hold earlier answers, whose length is the expected one
  std::int64_t image_tokens = 0;   // over all questions
  std::int64_t prompt_tokens = 0;  // over all questions, image tokens included
  std::int64_t new_tokens = 0;     // expected, as EstimateSample says
  PhaseCost vision, projector, prefill;
  PhaseCost decode;        // of the expected new tokens
  PhaseCost decode_limit;  // when every answer reaches its limit
  /// Of the model, at most: for the most tiles and the longest prompt as if in one question, with the keys and values
  /// of all questions of a call.
  MemoryEstimate memory;
};

struct RunWork {
  std::vector<Work> benchmarks;  // as in Plan::benchmarks
  Work total;
  std::int64_t picture_bytes = 0;     // decoded and tiled pictures of the calls under way, at most
  std::vector<std::string> failures;  // pictures and samples with their names, and why; each once
};

/// The work of `groups` of `plan`: RemainingGroups of a run that goes on, or plan.groups. Without a `model`, tiles are
/// those of the published checkpoints (448 px, with a thumbnail). Decode passes and memory are those of one worker,
/// which fills each call: workers that share the last groups, and an engine that has less room, make more passes of
/// fewer questions. Deterministic, whatever `threads` (0: all cores).
RunWork EstimateWork(const Plan& plan, std::span<const PictureGroup> groups, const PlannedModel* model,
                     const JudgeTexts& judge_texts, int threads);

}  // namespace tessera
