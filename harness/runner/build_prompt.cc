#include "harness/runner/build_prompt.h"

#include <fmt/format.h>

#include "harness/base/error.h"

namespace tessera {

Prompt BuildPrompt(const EffectiveRecipe& recipe, const Sample& sample, std::span<const std::string> answers) {
  const auto question = [&](std::size_t turn) {
    return Turn{Role::kUser, recipe.published.make_prompt(sample, sample.questions.at(turn))};
  };
  Prompt prompt{.max_tiles = recipe.max_tiles,
                .image_layout = ImageLayout::kOneMark,
                .image_marks = recipe.published.pictures_lead ? ImageMarks::kLeading : ImageMarks::kReplaced,
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

std::vector<PictureUse> PicturesOf(const EffectiveRecipe& recipe, const Sample& sample) {
  std::vector<PictureUse> uses;
  if (recipe.published.choose_pictures == nullptr) {
    for (std::size_t i = 0; i < sample.images.size(); ++i) uses.push_back({i, recipe.max_tiles});
    return uses;
  }
  uses = recipe.published.choose_pictures(sample, recipe.max_tiles);
  for (const PictureUse& use : uses) {
    if (use.picture < sample.images.size()) continue;
    throw InputError(fmt::format("sample {}: the prompt shows picture {}, the sample has {}", sample.id,
                                 use.picture + 1, sample.images.size()));
  }
  return uses;
}

}  // namespace tessera
