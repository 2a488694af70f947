#include "harness/estimate/planned_model.h"

namespace tessera {

PlannedModel LoadPlannedModel(const std::filesystem::path& checkpoint, const std::string& precision,
                              const std::string& weights) {
  PlannedModel model{.config = LoadModelConfig(checkpoint), .tokenizer = Tokenizer::Load(checkpoint)};
  model.chat_template = &FindChatTemplate(model.config.chat_template);
  model.precision = precision == "auto" ? model.config.torch_dtype : precision;
  model.bytes_per_element = model.precision == "float32" ? 4 : 2;
  model.weights = ParseWeightFormat(weights);
  return model;
}

}  // namespace tessera
