// The outcomes of a batch all together.
#pragma once

#include <vector>

#include "model/api/backend.h"

namespace tessera {

/// One outcome per query, in their order, when all are known. Throws what Backend::Generate throws.
inline std::vector<Outcome> GenerateAll(Backend& backend, std::span<const Query> batch) {
  std::vector<Outcome> outcomes(batch.size());
  backend.Generate(batch, [&](std::size_t index, Outcome outcome) { outcomes.at(index) = std::move(outcome); });
  return outcomes;
}

}  // namespace tessera
