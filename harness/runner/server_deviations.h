// What a run cannot do as a recipe says when a server answers.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/runner/plan.h"

namespace tessera {

/// In words: tiles and template are the server's, and what of `recipe` or of its `uses` of pictures is not sent.
std::vector<std::string> ServerDeviations(const EffectiveRecipe& recipe, const std::set<PictureUse>& uses);

}  // namespace tessera
