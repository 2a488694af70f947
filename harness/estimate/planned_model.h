// What an estimate knows of a checkpoint: configuration and tokenizer, no weights.
#pragma once

#include <filesystem>
#include <string>

#include "model/config/model_config.h"
#include "model/config/weight_format.h"
#include "model/text/conversation.h"
#include "model/text/tokenizer.h"

namespace tessera {

struct PlannedModel {
  ModelConfig config;
  Tokenizer tokenizer;
  const ChatTemplate* chat_template = nullptr;
  std::string precision;  // "float32", "bfloat16", "float16"
  int bytes_per_element = 0;
  WeightFormat weights = WeightFormat::kStored;
};

/// Reads config.json and the tokenizer's files of `checkpoint`; the weights need not be there. precision: "auto" is the
/// configuration's torch_dtype. weights: as ParseWeightFormat takes it. Throws kInput for a broken file.
PlannedModel LoadPlannedModel(const std::filesystem::path& checkpoint, const std::string& precision,
                              const std::string& weights);

}  // namespace tessera
