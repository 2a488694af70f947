// Answers nothing, at once: measures the harness itself.
#pragma once

#include "model/api/backend.h"

namespace tessera {

class NullBackend : public Backend {
 public:
  BackendInfo Info() const override;
  std::vector<Outcome> Generate(std::span<const Query> batch) override;
};

}  // namespace tessera
