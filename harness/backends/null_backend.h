// Answers nothing, at once: measures the harness itself.
#pragma once

#include "model/api/backend.h"

namespace tessera {

class NullBackend : public Backend {
 public:
  BackendInfo Info() const override;
  void Generate(std::span<const Query> batch, const Deliver& deliver) override;
};

}  // namespace tessera
