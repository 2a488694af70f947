// The options of `run` and `plan` that say what is asked, and how.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "harness/runner/plan.h"

namespace tessera {

/// Adds --benchmarks, --data, --split, --limit and --ids.
void AddDataOptions(CLI::App* command, std::vector<std::string>* benchmarks, PlanSettings* settings);

/// Adds --recipe and the options that depart from it, all but --max-tiles.
void AddRecipeOptions(CLI::App* command, PlanSettings* settings);

/// The largest tile limit of the published preprocessing.
inline constexpr int kMostTiles = 40;

}  // namespace tessera
