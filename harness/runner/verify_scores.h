// The scores of a run folder against what its journal gives.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/judge/judging.h"
#include "harness/runner/verify.h"

namespace tessera {

/// Scores every answer of `benchmark` again by its first scoring, without a judge, and compares with the score in the
/// journal's line.
void CheckJournalScores(const Benchmark& benchmark, const std::vector<SampleRecord>& samples,
                        Verification* verification);

/// Makes scores.json, report.json and report.md again, by the scorings that scores.json names, and compares.
void CheckScoreFiles(const std::filesystem::path& run_folder, const RunRecord& run,
                     const std::vector<SampleRecord>& samples, const BenchmarkFinder& find, Judging* judging,
                     Verification* verification);

}  // namespace tessera
