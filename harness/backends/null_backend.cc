#include "harness/backends/null_backend.h"

namespace tessera {

BackendInfo NullBackend::Info() const { return {.name = "null", .device = "cpu", .precision = "none"}; }

void NullBackend::Generate(std::span<const Query> batch, const Deliver& deliver) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Prediction prediction{.sample_id = batch[i].sample_id};
    for (const auto& tiles : batch[i].tiles) prediction.tiles += TileCount(tiles->grid);
    deliver(i, std::move(prediction));
  }
}

}  // namespace tessera
