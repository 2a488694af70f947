#include "harness/backends/null_backend.h"

namespace tessera {

BackendInfo NullBackend::Info() const { return {.name = "null", .device = "cpu", .precision = "none"}; }

std::vector<Outcome> NullBackend::Generate(std::span<const Query> batch) {
  std::vector<Outcome> outcomes;
  for (const Query& query : batch) {
    Prediction prediction{.sample_id = query.sample_id};
    for (const auto& tiles : query.tiles) prediction.tiles += TileCount(tiles->grid);
    outcomes.push_back(prediction);
  }
  return outcomes;
}

}  // namespace tessera
