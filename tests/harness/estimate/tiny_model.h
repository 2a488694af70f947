// The checkpoint that the estimates are checked with by hand.
#pragma once

#include "harness/estimate/planned_model.h"

namespace tessera {

/// 224 px tiles of 64 tokens; width 128, 3 layers; then width 192, 2 layers; bfloat16.
inline PlannedModel TinyModel() {
  return LoadPlannedModel(TESSERA_SOURCE_DIR "/tests/golden/model/tiny-internvl-2b-style", "auto", "stored");
}

}  // namespace tessera
