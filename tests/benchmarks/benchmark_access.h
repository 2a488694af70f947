// Short ways to a benchmark's parts, for tests.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "benchmarks/benchmark.h"

namespace tessera {

inline const Scoring& ScoringNamed(const Benchmark& benchmark, std::string_view name) {
  for (const Scoring& scoring : benchmark.scorings) {
    if (scoring.name == name) return scoring;
  }
  throw std::out_of_range("no scoring " + std::string(name));
}

inline const Recipe& RecipeNamed(const Benchmark& benchmark, std::string_view name) {
  for (const Recipe& recipe : benchmark.recipes) {
    if (recipe.name == name) return recipe;
  }
  throw std::out_of_range("no recipe " + std::string(name));
}

/// The samples of the data that FindData finds in `folder`.
inline std::vector<Sample> LoadFrom(const Benchmark& benchmark, const std::filesystem::path& folder) {
  const auto found = FindData(benchmark, folder);
  if (!found) throw std::out_of_range("no data in " + folder.string());
  return found->source->load(found->folder, *found->source);
}

}  // namespace tessera
