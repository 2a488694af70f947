// A run folder per tile limit inside one folder, and the table over them.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/runner/run.h"
#include "reports/tile_sweep.h"

namespace tessera {

/// True when `folder` holds run folders of a sweep and is no run folder itself.
bool IsTileSweep(const std::filesystem::path& folder);

struct TileSweepResult {
  std::vector<TileLimitRun> runs;  // by rising limit; those that were not reached are missing
  bool stopped = false;            // as in RunResult
  bool too_many_failures = false;  // as in RunResult
};

/// Calls `run` once per limit, by rising limit, with `settings` for it: the run folder `max_tiles_N` inside
/// `settings.out`. Ends after the first run that was stopped, and before the next once `stop` is true. After each run
/// writes sweep.json and sweep.md of those so far. Throws kUsage when `settings.out` is a run folder or holds a run
/// with a limit that is not among `limits`; what `run` throws; kEnvironment when a file cannot be written.
TileSweepResult RunTileSweep(const RunSettings& settings, std::vector<int> limits,
                             const std::function<RunResult(const RunSettings&)>& run, const std::atomic<bool>* stop);

/// Scores every run of the sweep `folder` again, from its log and the judge's replies in it, and writes the files of
/// each run and those of the sweep. `scoring` and `notice` as in ScoreRunFolder, which says what it throws.
std::vector<TileLimitRun> ScoreTileSweep(const std::filesystem::path& folder, const std::string& scoring,
                                         const std::function<void(const std::string&)>& notice);

}  // namespace tessera
