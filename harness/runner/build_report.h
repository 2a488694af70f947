// Scores a run from its log alone: no model, no data.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"
#include "harness/journal/run_record.h"
#include "harness/journal/sample_record.h"
#include "harness/judge/judging.h"
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
  std::vector<std::string> splits;    // of each sample
  std::vector<Judgement> judgements;  // of each sample; empty unless the scoring asks a judge
  std::optional<JudgeReport> judge;
};

struct ScoredRun {
  Report report;
  std::vector<BenchmarkScores> scores;
};

/// Throws kUsage when `judging` has a judge that none of the chosen scorings asks, and what Judging::CheckPrompts
/// throws for one that does. `scoring` as in ScoreRun.
void CheckJudge(const RunRecord& run, const std::string& scoring, const BenchmarkFinder& find, const Judging& judging);

/// Scores the samples of a run. `scoring`: the name of one, "all" (without further ones that
/// need a judge when there is none), or empty for the run's own. `judging` asks for the
/// scorings that need a judge; a sample that it leaves ungraded is unscored. Throws kUsage for a scoring that a
/// benchmark of the run does not have, kInput when the log names a benchmark that is not in run.json, and as
/// CheckJudge.
ScoredRun ScoreRun(const RunRecord& run, const std::vector<SampleRecord>& samples, const std::string& scoring,
                   const BenchmarkFinder& find, Judging* judging);

}  // namespace tessera
