// Scores as JSON, the same in every file that holds them.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "metrics/score.h"

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

}  // namespace tessera
