#include "harness/runner/server_deviations.h"

#include <fmt/format.h>

#include <algorithm>

namespace tessera {

std::vector<std::string> ServerDeviations(const EffectiveRecipe& recipe, const std::set<PictureUse>& uses) {
  std::vector<std::string> lines = {"tiles and conversation template are the server's"};
  if (recipe.published.min_new_tokens > 0) {
    lines.push_back(fmt::format("min_new_tokens {} is not sent to the server", recipe.published.min_new_tokens));
  }
  if (std::ranges::any_of(uses, [](const PictureUse& use) { return use.as_jpeg; })) {
    lines.emplace_back("pictures are sent as they are stored, not written as JPEG first");
  }
  if (std::ranges::any_of(uses, [](const PictureUse& use) { return use.enlarge != 1; })) {
    lines.emplace_back("pictures are sent as they are stored, not enlarged first");
  }
  return lines;
}

}  // namespace tessera
