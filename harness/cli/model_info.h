// What `model info` prints.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "model/config/model_config.h"
#include "model/config/model_cost.h"
#include "model/weights/checkpoint.h"

namespace tessera {

struct ModelInfo {
  std::filesystem::path folder;
  ModelConfig config;
  std::uint64_t weight_bytes = 0;  // as stored
  std::size_t weight_files = 0;
  DataType stored_type = DataType::kF32;
  int vocabulary = 0;  // of the tokenizer
  WorkSize work;       // what the memory estimate is for
};

/// Reads configuration, weights' headers and tokenizer. Throws kInput when one of them is broken.
ModelInfo ReadModelInfo(const std::filesystem::path& folder);

std::string ModelInfoText(const ModelInfo& info);
std::string ModelInfoJson(const ModelInfo& info);

}  // namespace tessera
