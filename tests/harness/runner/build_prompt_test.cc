#include "harness/runner/build_prompt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;

EffectiveRecipe Recipe(std::size_t index) {
  return {.published = FakeBenchmark().recipes[index],
          .system_message = "System.",
          .max_tiles = 6,
          .max_new_tokens = 30,
          .num_beams = 2};
}

TEST(BuildPrompt, HasTheSystemMessageAndTheQuestionAsTheRecipeWritesIt) {
  const Prompt prompt = BuildPrompt(Recipe(0), {.questions = {"What?"}}, {});
  ASSERT_EQ(prompt.turns.size(), 2u);
  EXPECT_EQ(prompt.turns[0].role, Role::kSystem);
  EXPECT_EQ(prompt.turns[0].text, "System.");
  EXPECT_EQ(prompt.turns[1].role, Role::kUser);
  EXPECT_EQ(prompt.turns[1].text, "What? Be brief.");
}

TEST(BuildPrompt, CarriesLimitsAndGeneration) {
  const Prompt prompt = BuildPrompt(Recipe(0), {.questions = {"What?"}}, {});
  EXPECT_EQ(prompt.max_tiles, 6);
  EXPECT_EQ(prompt.generation.max_new_tokens, 30);
  EXPECT_EQ(prompt.generation.min_new_tokens, 1);
  EXPECT_EQ(prompt.generation.num_beams, 2);
  EXPECT_EQ(prompt.generation.repetition_penalty, 1.0);
}

TEST(PicturesOf, AreAllPicturesUpToTheTileLimitWithoutAChoice) {
  EXPECT_THAT(PicturesOf(Recipe(0), {.images = {{}, {}}}), ElementsAre(PictureUse{0, 6}, PictureUse{1, 6}));
}

TEST(PicturesOf, AreThoseThatTheRecipeChooses) {
  EffectiveRecipe recipe = Recipe(0);
  recipe.published.choose_pictures = [](const Sample&, int max_tiles) {
    return std::vector<PictureUse>{{.picture = 1, .max_tiles = max_tiles / 2, .as_jpeg = true}};
  };
  EXPECT_THAT(PicturesOf(recipe, {.images = {{}, {}}}), ElementsAre(PictureUse{1, 3, true}));
  EXPECT_THROW(PicturesOf(recipe, {.images = {{}}}), Error);
}

TEST(BuildPrompt, PicturesLeadWhereTheRecipeSaysSo) {
  EXPECT_EQ(BuildPrompt(Recipe(0), {.questions = {"?"}}, {}).image_marks, ImageMarks::kLeading);
  EXPECT_EQ(BuildPrompt(Recipe(1), {.questions = {"?"}}, {}).image_marks, ImageMarks::kReplaced);
  EXPECT_EQ(BuildPrompt(Recipe(0), {.questions = {"?"}}, {}).image_layout, ImageLayout::kOneMark);
}

TEST(BuildPrompt, EarlierTurnsAreHistoryWithTheModelsOwnAnswers) {
  const std::vector<std::string> answers = {"One."};
  const Prompt prompt = BuildPrompt(Recipe(0), {.questions = {"First?", "Second?"}}, answers);
  ASSERT_EQ(prompt.turns.size(), 4u);
  EXPECT_EQ(prompt.turns[1].text, "First? Be brief.");
  EXPECT_EQ(prompt.turns[2].role, Role::kAssistant);
  EXPECT_EQ(prompt.turns[2].text, "One.");
  EXPECT_EQ(prompt.turns[3].text, "Second? Be brief.");
}

}  // namespace
}  // namespace tessera
