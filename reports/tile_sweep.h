// One model over the same benchmarks at several tile limits: the paper's ablation.
#pragma once

#include <span>
#include <string>

#include "reports/report.h"

namespace tessera {

inline constexpr int kTileSweepSchemaVersion = 1;

/// The run with one tile limit.
struct TileLimitRun {
  int max_tiles = 0;
  std::string folder;  // the run's, relative to the sweep's
  Report report;
};

/// The printers take at least one run, by rising limit. Rows are benchmarks (once per scoring), columns are limits; a
/// cell says "40.00 % (8 of 9)" when samples are unscored, "-" when the run does not have the benchmark. A second table
/// has the work of each run. Times are left out, so that the answers determine every byte.

/// A JSON object with `schema_version` and a fixed key order, ending in a newline.
std::string PrintSweepJson(std::span<const TileLimitRun> runs);

std::string PrintSweepMarkdown(std::span<const TileLimitRun> runs);

/// Aligned text for a terminal.
std::string PrintSweepConsole(std::span<const TileLimitRun> runs);

}  // namespace tessera
