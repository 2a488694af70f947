#include "harness/runner/build_prompt.h"

namespace tessera {

Prompt BuildPrompt(const EffectiveRecipe& recipe, const Sample& sample, std::span<const std::string> answers) {
  const auto question = [&](std::size_t turn) {
    return Turn{Role::kUser, recipe.published.make_prompt(sample, sample.questions.at(turn))};
  };
  Prompt prompt{.max_tiles = recipe.max_tiles,
                .image_layout = ImageLayout::kOneMark,
                .image_marks = recipe.published.name == "paper" ? ImageMarks::kLeading : ImageMarks::kReplaced,
                .generation = {.max_new_tokens = recipe.max_new_tokens,
                               .min_new_tokens = recipe.published.min_new_tokens,
                               .num_beams = recipe.num_beams}};
  prompt.turns.push_back({Role::kSystem, recipe.system_message});
  for (std::size_t turn = 0; turn < answers.size(); ++turn) {
    prompt.turns.push_back(question(turn));
    prompt.turns.push_back({Role::kAssistant, answers[turn]});
  }
  prompt.turns.push_back(question(answers.size()));
  return prompt;
}

}  // namespace tessera
