// How many threads a model runs on when nobody says.
#pragma once

#include "model/config/model_config.h"

namespace tessera {

/// The cores that this thread may use, but one for a model so small that its threads would spend their time waiting for
/// each other, most of all beside other work on the machine.
int UsefulThreads(const ModelConfig& config);

}  // namespace tessera
