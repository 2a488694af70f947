// A configuration back as the config.json that LoadModelConfig reads.
#pragma once

#include <string>

#include "model/config/model_config.h"

namespace tessera {

/// The text of a config.json in the form of the published InternVL-Chat checkpoints; LoadModelConfig reads the same
/// values back. Throws std::invalid_argument for a Phi-3 language model, which nothing here makes.
std::string ConfigJson(const ModelConfig& config);

}  // namespace tessera
