// What one sample will ask, before it is asked: tokens of each turn, bytes in the journal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/estimate/planned_model.h"
#include "harness/runner/plan.h"

namespace tessera {

struct TurnEstimate {
  int text_tokens = 0;          // of the prompt without image tokens; earlier answers count as their expected tokens
  int expected_new_tokens = 0;  // end token included
};

struct SampleEstimate {
  std::vector<TurnEstimate> turns;  // one per question; empty without a model
  std::int64_t run_folder_bytes = 0;
  std::string failure;  // why the sample cannot be asked; empty when it can
};

/// What the model may answer to question `turn`: the sample's reference for it, else a letter where there are choices;
/// nullopt when nothing in the data says it.
std::optional<std::string> LikelyAnswer(const Sample& sample, std::size_t turn);

/// Prompts are counted by the checkpoint's tokenizer as the native backend does; without a `model` only the bytes are
/// known. An answer is expected to have the tokens of LikelyAnswer and the end token, within the recipe's limits, and
/// the limit itself where nothing says more.
SampleEstimate EstimateSample(const BenchmarkPlan& benchmark, const PlannedSample& planned, const PlannedModel* model);

}  // namespace tessera
