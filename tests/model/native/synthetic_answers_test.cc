// A synthetic checkpoint answers questions like any other.
#include <gtest/gtest.h>

#include "model/api/generate_all.h"
#include "model/generate/native_backend.h"
#include "model/weights/synthetic_checkpoint.h"
#include "tests/model/tiny_synthetic.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

TEST(SyntheticAnswers, AreAsLongAsAskedForInEveryArithmetic) {
  const TempFolder folder;
  MakeSyntheticCheckpoint(
      {.config = TinySynthetic(), .tokenizer_folder = std::filesystem::path(TESSERA_SOURCE_DIR) / "model" / "nano"},
      folder.path() / "tiny");
  Query query{.sample_id = "a"};
  query.prompt.turns = {{.role = Role::kUser, .text = "What is this?"}};
  query.prompt.generation.max_new_tokens = query.prompt.generation.min_new_tokens = 24;
  const std::size_t values = 3 * 3 * 56 * 56;
  query.tiles = {std::make_shared<TileBatch>(TileBatch{
      .grid = {.columns = 2, .rows = 1, .thumbnail = true}, .tile_size = 56, .pixels = std::vector<float>(values, 1)})};
  for (const char* precision : {"float32", "bfloat16", "float16"}) {
    NativeSettings settings;
    settings.checkpoint = folder.path() / "tiny";
    settings.precision = precision;
    const std::vector<Outcome> outcomes = GenerateAll(*MakeNativeBackend(settings), {&query, 1});
    const auto* prediction = std::get_if<Prediction>(&outcomes.at(0));
    ASSERT_NE(prediction, nullptr) << precision << ": " << std::get<Failure>(outcomes[0]).message;
    EXPECT_EQ(prediction->new_tokens, 24) << precision;
    EXPECT_EQ(prediction->tiles, 3) << precision;
  }
}

}  // namespace
}  // namespace tessera
