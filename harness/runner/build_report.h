// Scores a run from its log alone: no model, no data.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"
#include "harness/journal/run_record.h"
#include "harness/journal/sample_record.h"
#include "reports/report.h"

namespace tessera {

/// Finds a benchmark by name, as FindBenchmark does.
using BenchmarkFinder = std::function<const Benchmark&(std::string_view)>;

/// The scores of one benchmark under one scoring, sample by sample, in journal order.
struct BenchmarkScores {
  std::string benchmark;
  std::string scoring;
  std::vector<Score> scores;
  std::vector<SampleScore> samples;
  std::vector<std::string> splits;  // of each sample
};

struct ScoredRun {
  Report report;
  std::vector<BenchmarkScores> scores;
};

/// Scores the samples of a run. `scoring`: the name of one, "all", or empty for the run's own. Throws kUsage for a
/// scoring that a benchmark of the run does not have, and kInput when the log names a benchmark that is not in
/// run.json.
ScoredRun ScoreRun(const RunRecord& run, const std::vector<SampleRecord>& samples, const std::string& scoring,
                   const BenchmarkFinder& find);

}  // namespace tessera
