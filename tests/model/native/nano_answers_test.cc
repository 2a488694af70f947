// The embedded checkpoint against its PyTorch reference: tests/golden/nano, written by make_answers.py there.
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include "datasets/image_codec.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "model/generate/generate.h"
#include "model/generate/native_model.h"
#include "model/image/tiling.h"
#include "tests/model/native/nano_queries.h"

namespace tessera {
namespace {

const std::filesystem::path kAnswers = std::filesystem::path(TESSERA_SOURCE_DIR) / "tests" / "golden" / "nano";

std::vector<Json> GoldenAnswers() {
  const std::string text = ReadFile(kAnswers / "answers.jsonl");
  std::vector<Json> rows;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    rows.push_back(ParseJson(text.substr(start, end - start), "answers.jsonl"));
    start = end + 1;
  }
  return rows;
}

TEST(NanoAnswers, EqualPyTorchsTokenByToken) {
  const c10::InferenceMode inference;
  at::set_num_threads(1);
  const NativeModel model = LoadNativeModel(kNano, "float32", "cpu");
  const std::vector<Json> rows = GoldenAnswers();
  ASSERT_EQ(rows.size(), 200u);
  for (const Json& row : rows) {
    const std::string picture = row.at("picture");
    const std::string question = row.at("question");
    const std::string file = ReadFile(kAnswers / picture);
    const Image image = DecodeImage(std::vector<std::uint8_t>(file.begin(), file.end()));
    const TileBatch tiles =
        MakeTiles(image, {.tile_size = TileSize(model.config), .max_tiles = row.at("max_tiles")}, 1);
    const Prompt prompt{.turns = {{Role::kSystem, row.at("system")}, {Role::kUser, question}}};
    const int image_tokens = TileCount(tiles.grid) * TokensPerTile(model.config);
    const std::vector<int> ids = model.tokenizer.Encode(RenderChat(*model.chat_template, prompt, {{image_tokens}}));
    EXPECT_EQ(static_cast<int>(ids.size()), row.at("prompt_tokens")) << picture << ": " << question;
    const Generated generated =
        Generate(model, EmbedPrompt(model, ids, EncodePicture(model, tiles)), {.max_new_tokens = 12});
    EXPECT_EQ(generated.ids, row.at("answer_ids").get<std::vector<int>>()) << picture << ": " << question;
    EXPECT_EQ(AnswerText(model, generated.ids), row.at("answer")) << picture << ": " << question;
  }
}

TEST(NanoAnswers, AreRightForAThird) {
  int right = 0;
  const std::vector<Json> rows = GoldenAnswers();
  for (const Json& row : rows) right += row.at("answer") == row.at("reference");
  EXPECT_GT(right, static_cast<int>(rows.size()) / 3);
}

}  // namespace
}  // namespace tessera
