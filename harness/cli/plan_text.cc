#include "harness/cli/plan_text.h"

#include <fmt/format.h>

#include <set>

#include "harness/base/strings.h"
#include "harness/runner/build_prompt.h"

namespace tessera {
namespace {

std::string RoleName(Role role) {
  return role == Role::kSystem ? "system" : role == Role::kUser ? "user" : "assistant";
}

std::string FirstPrompt(const Plan& plan, std::size_t benchmark) {
  for (const PlannedSample& planned : plan.samples) {
    if (planned.benchmark != benchmark) continue;
    std::string text = fmt::format("  first prompt (sample {}):\n", planned.sample.id);
    for (const Turn& turn : BuildPrompt(plan.benchmarks[benchmark].recipe, planned.sample, {}).turns) {
      text += fmt::format("    {}: {}\n", RoleName(turn.role), Join(Split(turn.text, '\n'), "\n      "));
    }
    return text;
  }
  return "";
}

std::size_t PictureCount(const Plan& plan, std::size_t benchmark) {
  std::set<ImageSource> pictures;
  for (const PlannedSample& planned : plan.samples) {
    if (planned.benchmark == benchmark) pictures.insert(planned.sample.images.begin(), planned.sample.images.end());
  }
  return pictures.size();
}

}  // namespace

std::string PlanText(const Plan& plan) {
  std::string text;
  for (std::size_t i = 0; i < plan.benchmarks.size(); ++i) {
    const BenchmarkPlan& entry = plan.benchmarks[i];
    const EffectiveRecipe& recipe = entry.recipe;
    const DataSource& source = *entry.data.source;
    text += fmt::format("{} ({})\n", entry.benchmark->title, entry.benchmark->name);
    text +=
        fmt::format("  data: {} format, {} split, in {}\n", source.format, source.split, entry.data.folder.string());
    for (const std::string_view file : source.files) text += fmt::format("    {}\n", file);
    text +=
        fmt::format("  samples: {} of {}, pictures: {}\n", entry.samples, entry.samples_in_data, PictureCount(plan, i));
    text += fmt::format("  recipe: {} ({})\n", recipe.published.name, recipe.published.source);
    text += fmt::format("    max_tiles {}, max_new_tokens {}, min_new_tokens {}, num_beams {}\n", recipe.max_tiles,
                        recipe.max_new_tokens, recipe.published.min_new_tokens, recipe.num_beams);
    text += fmt::format("  scoring: {}\n", entry.benchmark->scorings.front().name);
    const char* published = entry.benchmark->paper.empty() ? "recipe" : "paper";
    for (const std::string& deviation : entry.deviations) {
      text += fmt::format("  deviates from {}: {}\n", published, deviation);
    }
    text += FirstPrompt(plan, i);
  }
  text += fmt::format("in all: {} samples in {} groups of pictures\n", plan.samples.size(), plan.groups.size());
  return text;
}

}  // namespace tessera
