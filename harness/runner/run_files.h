// The files of a run folder that can be rebuilt from its log.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "harness/runner/build_report.h"

namespace tessera {

/// Reads run.json and the journal of `run_folder` and scores them as ScoreRun does, with the built-in benchmarks unless
/// `find` says otherwise, asking `judging` where a scoring needs a judge. `notice` is told about a torn last line.
/// Throws kInput for a folder that is not a run.
ScoredRun ScoreRunFolder(const std::filesystem::path& run_folder, const std::string& scoring,
                         const BenchmarkFinder& find, Judging* judging,
                         const std::function<void(const std::string&)>& notice);

/// The text of scores.json: every score, sample by sample.
std::string ScoresJson(const ScoredRun& run);

/// Writes scores.json, report.md, report.json and times.json (the time of each stage), each whole or not at all. All
/// but the last are a function of the answers alone. Throws kEnvironment when that fails.
void WriteRunFiles(const std::filesystem::path& run_folder, const ScoredRun& run);

}  // namespace tessera
