#include "harness/runner/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "harness/journal/sample_record.h"
#include "harness/runner/build_prompt.h"
#include "harness/runner/server_deviations.h"

namespace tessera {
namespace {

const Recipe& FindRecipe(const Benchmark& benchmark, const std::string& name) {
  if (name.empty()) return benchmark.recipes.front();
  std::vector<std::string> names;
  for (const Recipe& recipe : benchmark.recipes) {
    if (recipe.name == name) return recipe;
    names.emplace_back(recipe.name);
  }
  throw UsageError(fmt::format("{}: unknown recipe \"{}\"; there are: {}", benchmark.name, name, Join(names, ", ")));
}

EffectiveRecipe ApplyOverrides(const Recipe& recipe, const PlanSettings& settings) {
  return {.published = recipe,
          .system_message = settings.system_message.value_or(std::string(recipe.system_message)),
          .max_tiles = settings.max_tiles.value_or(recipe.max_tiles),
          .max_new_tokens = settings.max_new_tokens.value_or(recipe.max_new_tokens),
          .num_beams = settings.num_beams.value_or(recipe.num_beams)};
}

/// How the run differs from the benchmark's first recipe, which made the paper's number.
std::vector<std::string> Deviations(const BenchmarkPlan& plan) {
  const Recipe& paper = plan.benchmark->recipes.front();
  const EffectiveRecipe& used = plan.recipe;
  std::vector<std::string> lines;
  const auto compare = [&lines](std::string_view name, const auto& ours, const auto& published) {
    if (ours != published) lines.push_back(fmt::format("{} {} instead of {}", name, ours, published));
  };
  compare("recipe", used.published.name, paper.name);
  compare("max_tiles", used.max_tiles, paper.max_tiles);
  compare("max_new_tokens", used.max_new_tokens, paper.max_new_tokens);
  compare("min_new_tokens", used.published.min_new_tokens, paper.min_new_tokens);
  compare("num_beams", used.num_beams, paper.num_beams);
  const auto place = [](const Recipe& recipe) { return recipe.pictures_lead ? "in front" : "at their marks"; };
  compare("pictures", std::string_view(place(used.published)), std::string_view(place(paper)));
  for (const std::string_view difference : used.published.differences) lines.emplace_back(difference);
  if (used.system_message != paper.system_message) {
    lines.push_back(fmt::format("system message \"{}\" instead of \"{}\"", Shorten(used.system_message, 80),
                                Shorten(paper.system_message, 80)));
  }
  const int published_rows = plan.data.source->rows;
  if (published_rows > 0 && plan.samples_in_data != published_rows) {
    lines.push_back(fmt::format("data of {} samples instead of {}", plan.samples_in_data, published_rows));
  }
  if (plan.samples != plan.samples_in_data) {
    lines.push_back(fmt::format("{} of {} samples", plan.samples, plan.samples_in_data));
  }
  return lines;
}

void KeepIds(const std::vector<std::string>& ids, std::vector<Sample>* samples) {
  if (ids.empty()) return;
  std::erase_if(*samples,
                [&ids](const Sample& sample) { return std::find(ids.begin(), ids.end(), sample.id) == ids.end(); });
}

FoundData RequireData(const Benchmark& benchmark, const PlanSettings& settings) {
  const std::filesystem::path& folder = settings.data_folder;
  if (folder.empty()) return PredictionTableAsData(benchmark, settings.answers_file);
  if (const std::optional<FoundData> found = FindData(benchmark, folder, settings.split)) return *found;
  std::string wanted;
  for (const DataSource& source : benchmark.data) {
    if (!settings.split.empty() && source.split != settings.split) continue;
    wanted += fmt::format("\n  {} ({}):", source.format, source.split);
    for (const std::string_view file : source.files) wanted += fmt::format(" {}", file);
  }
  if (wanted.empty()) throw UsageError(fmt::format("{} has no split \"{}\"", benchmark.name, settings.split));
  throw InputError(fmt::format("{}: no data for {} in this folder; one of these sets of files must be there:{}",
                               folder.string(), benchmark.name, wanted));
}

BenchmarkPlan AddBenchmark(const Benchmark& benchmark, const PlanSettings& settings, Plan* plan) {
  BenchmarkPlan entry{.benchmark = &benchmark,
                      .data = RequireData(benchmark, settings),
                      .recipe = ApplyOverrides(FindRecipe(benchmark, settings.recipe), settings)};
  std::vector<Sample> samples = entry.data.source->load(entry.data.folder, *entry.data.source);
  entry.samples_in_data = static_cast<int>(samples.size());
  KeepIds(settings.ids, &samples);
  if (settings.limit > 0 && samples.size() > static_cast<std::size_t>(settings.limit)) {
    samples.resize(static_cast<std::size_t>(settings.limit));
  }
  entry.samples = static_cast<int>(samples.size());
  entry.deviations = Deviations(entry);
  if (!settings.answers_file.empty()) {
    entry.deviations.push_back(
        fmt::format("answers from {}; how they were asked is not known", settings.answers_file.filename().string()));
  }
  std::set<std::string> keys;
  std::set<PictureUse> uses;
  for (Sample& sample : samples) {
    if (!keys.insert(SampleKey(std::string(benchmark.name), sample)).second) {
      throw InputError(
          fmt::format("{}: sample id \"{}\" is there twice in split \"{}\"", benchmark.name, sample.id, sample.split));
    }
    std::vector<PictureUse> pictures = PicturesOf(entry.recipe, sample);
    uses.insert(pictures.begin(), pictures.end());
    plan->samples.push_back({plan->benchmarks.size(), std::move(sample), std::move(pictures)});
  }
  if (settings.asks_server) {
    for (std::string& line : ServerDeviations(entry.recipe, uses)) entry.deviations.push_back(std::move(line));
  }
  return entry;
}

void CheckIdsFound(const PlanSettings& settings, const Plan& plan) {
  std::set<std::string> missing(settings.ids.begin(), settings.ids.end());
  for (const PlannedSample& planned : plan.samples) missing.erase(planned.sample.id);
  if (missing.empty() || settings.limit > 0) return;
  throw UsageError(fmt::format("no sample has the id \"{}\"", *missing.begin()));
}

void AddGroups(Plan* plan) {
  std::map<std::vector<ImageSource>, std::size_t> positions;
  for (std::size_t i = 0; i < plan->samples.size(); ++i) {
    const std::vector<ImageSource>& images = plan->samples[i].sample.images;
    if (images.empty()) {
      plan->groups.push_back({{}, {i}});
      continue;
    }
    const auto [it, is_new] = positions.emplace(images, plan->groups.size());
    if (is_new) plan->groups.push_back({images, {}});
    plan->groups[it->second].samples.push_back(i);
  }
}

}  // namespace

Plan MakePlan(const std::vector<const Benchmark*>& benchmarks, const PlanSettings& settings) {
  Plan plan;
  for (const Benchmark* benchmark : benchmarks) {
    plan.benchmarks.push_back(AddBenchmark(*benchmark, settings, &plan));
  }
  CheckIdsFound(settings, plan);
  AddGroups(&plan);
  return plan;
}

std::vector<PictureGroup> RemainingGroups(const Plan& plan, const std::set<std::string>& done) {
  std::vector<PictureGroup> remaining;
  for (const PictureGroup& group : plan.groups) {
    PictureGroup rest{group.images, {}};
    for (const std::size_t i : group.samples) {
      const PlannedSample& planned = plan.samples[i];
      const std::string name(plan.benchmarks[planned.benchmark].benchmark->name);
      if (!done.contains(SampleKey(name, planned.sample))) rest.samples.push_back(i);
    }
    if (!rest.samples.empty()) remaining.push_back(std::move(rest));
  }
  return remaining;
}

}  // namespace tessera
