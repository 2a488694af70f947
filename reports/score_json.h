// Scores as JSON, the same in every file that holds them.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "metrics/score.h"
#include "reports/report.h"

namespace tessera {

using OrderedJson = nlohmann::ordered_json;

template <typename T>
OrderedJson OrNull(const std::optional<T>& value) {
  return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

inline OrderedJson ToJson(const Score& score) {
  return {{"name", score.name},     {"unit", score.unit},         {"value", OrNull(score.value)},
          {"scored", score.scored}, {"unscored", score.unscored}, {"undecided", score.undecided}};
}

inline OrderedJson ToJson(const JudgeReport& judge) {
  return {{"name", JudgeName(judge)},
          {"names", judge.names},
          {"published", judge.published},
          {"prompt", judge.prompt},
          {"prompt_sha256", judge.prompt_sha256},
          {"calls", judge.calls},
          {"prompt_tokens", judge.prompt_tokens},
          {"new_tokens", judge.new_tokens},
          {"unasked", judge.unasked},
          {"failures", judge.failures},
          {"reasons", judge.reasons}};
}

}  // namespace tessera
