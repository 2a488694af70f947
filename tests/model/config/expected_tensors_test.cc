#include <gtest/gtest.h>

#include <map>

#include "harness/base/json_fields.h"
#include "tests/model/config/published_models.h"
#include "tests/model/input_error.h"

namespace tessera {
namespace {

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

/// The tensors that weights.json states with {i} in place of the layer.
Shapes GoldenShapes(const Json& model) {
  Shapes shapes;
  for (const auto& [pattern, shape] : model["tensors"].items()) {
    const std::size_t mark = pattern.find("{i}");
    if (mark == std::string::npos) {
      shapes[pattern] = shape.get<std::vector<std::int64_t>>();
      continue;
    }
    const bool vision = pattern.starts_with("vision_model.");
    const int layers = model[vision ? "num_vision_layers" : "num_llm_layers"].get<int>();
    for (int i = 0; i < layers; ++i) {
      std::string name = pattern;
      shapes[name.replace(mark, 3, std::to_string(i))] = shape.get<std::vector<std::int64_t>>();
    }
  }
  return shapes;
}

TEST(ExpectedTensors, NamesAndShapesOfThePublishedModelsAreThoseOfTheSpecification) {
  const Json golden = ReadJsonFile(GoldenModelFolder() / "weights.json");
  for (const PublishedModel& model : PublishedModels()) {
    SCOPED_TRACE(model.name);
    const std::vector<TensorSpec> tensors = ExpectedTensors(model.config);
    EXPECT_EQ(tensors.size(), golden[model.name]["num_tensors"].get<std::size_t>());
    Shapes shapes;
    for (const TensorSpec& tensor : tensors) shapes[tensor.name] = tensor.shape;
    EXPECT_EQ(shapes.size(), tensors.size()) << "a name is there twice";
    EXPECT_EQ(shapes, GoldenShapes(golden[model.name]));
  }
}

TEST(ExpectedTensors, PositionTableFollowsTheEncoderNotTheForcedTileSize) {
  ModelConfig config = MiniInternVl2b();
  config.force_image_size = 224;
  for (const TensorSpec& tensor : ExpectedTensors(config)) {
    if (tensor.name.ends_with("position_embedding")) {
      EXPECT_EQ(tensor.shape, (std::vector<std::int64_t>{1, 1025, 1024}));
    }
  }
}

TEST(ExpectedTensors, FollowTheOrderOfTheForwardPass) {
  const std::vector<TensorSpec> tensors = ExpectedTensors(MiniInternVl4b());
  EXPECT_EQ(tensors.front().name, "vision_model.embeddings.patch_embedding.weight");
  EXPECT_EQ(tensors.back().name, "language_model.lm_head.weight");
}

}  // namespace
}  // namespace tessera
