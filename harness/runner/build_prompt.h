// From a sample and its recipe to what is asked.
#pragma once

#include <span>
#include <string>

#include "harness/runner/plan.h"
#include "model/api/prompt.h"

namespace tessera {

/// The prompt for question `answers.size()` of `sample`: the system message, the earlier questions with the model's
/// `answers` as history, then the question. All pictures of a question stand at one mark, as in the evaluation scripts;
/// by recipes of April 2024 they always lead and a literal `<image>` stays text. Source: SPEC sections 8.1
/// and 8.2.
Prompt BuildPrompt(const EffectiveRecipe& recipe, const Sample& sample, std::span<const std::string> answers);

/// The pictures of `sample` that the recipe shows, in order. Throws kInput when the recipe names a picture that is not
/// there.
std::vector<PictureUse> PicturesOf(const EffectiveRecipe& recipe, const Sample& sample);

}  // namespace tessera
