// A whole run: plan, resume, ask, score, report.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/backends/make_backend.h"
#include "harness/runner/build_report.h"
#include "harness/runner/plan.h"
#include "harness/workers/make_store.h"

namespace tessera {

struct RunSettings {
  BackendSettings backend;
  PlanSettings plan;
  std::filesystem::path out;  // the run folder
  int threads = 0;            // of the harness; 0: all cores
  JudgeSettings judge;
  std::optional<int> max_failures;          // stops once more samples failed; absent: never
  WorkerPlace place;                        // among the workers of the run
  std::chrono::milliseconds lease{30'000};  // LeaseSettings::lease, where there are several
};

/// How many samples of one benchmark are done.
struct BenchmarkProgress {
  std::string benchmark;
  int done = 0;
  int total = 0;  // in the plan
};

/// What a run needs from outside, so that tests can bring their own.
struct RunHooks {
  std::function<std::unique_ptr<Backend>(const BackendSettings&)> make_backend = MakeBackend;
  std::function<std::unique_ptr<KeyStore>(const WorkerPlace&, const std::atomic<bool>* stop)> make_store = MakeStore;
  BenchmarkFinder find_benchmark = FindBenchmark;
  std::function<void(const std::string&)> notice = [](const std::string&) {};  // things the user should know
  /// Called with the groups that are left to ask, before the backend is made.
  std::function<void(const Plan&, const std::vector<PictureGroup>&)> on_plan = [](const Plan&, const auto&) {};
  /// What was done before, per benchmark in the order of the run, before the first sample is asked.
  std::function<void(const std::vector<BenchmarkProgress>&)> on_start = [](const std::vector<BenchmarkProgress>&) {};
  std::function<void(const SampleRecord&)> on_sample = [](const SampleRecord&) {};
  const std::atomic<bool>* stop = nullptr;  // as in PipelineSettings
};

struct RunResult {
  bool is_helper = false;  // a worker of another rank than 0: nothing is scored here
  ScoredRun scored;
  bool stopped = false;            // by `stop`, with samples left to ask or to judge
  bool too_many_failures = false;  // by `max_failures`, with samples left to ask; the judge was not asked then
};

/// Runs `benchmarks` into the folder `settings.out`, or goes on with the run that is there: samples that were asked the
/// same (see FindDoneSamples) are kept, failed ones are tried again. With several workers, each asks a part and writes
/// a journal of its own; rank 0 does the rest, and what it leaves does not depend on their number. Before the model is
/// loaded the run folder is checked and missing picture files are told to `notice`. Then the judge is asked where a
/// scoring needs it. At the end writes the files of WriteRunFiles. Throws kUsage when the folder holds a run with other
/// settings, naming each, or a worker has other settings than rank 0; kEnvironment when it cannot be written or rank 0
/// is gone; kInput for broken data.
RunResult RunBenchmarks(const std::vector<const Benchmark*>& benchmarks, const RunSettings& settings,
                        const RunHooks& hooks);

}  // namespace tessera
