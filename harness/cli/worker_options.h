// The options of `run` for several workers and several copies of a model, and what a worker does that does not lead.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <vector>

#include "harness/runner/run.h"

namespace tessera {

struct WorkerOptions {
  std::optional<double> lease_s;
  std::optional<int> replicas;
};

/// Adds --replicas and --lease.
void AddWorkerOptions(CLI::App* command, WorkerOptions* options);

/// Finds the place among the workers that the launcher gave this process, and the devices of its replicas: --replicas
/// puts them on one device, a list of devices gives one to each, and "cuda" is a GPU of its own for each worker of a
/// machine. Throws kUsage as FindWorkerPlace does, and for an option without effect.
void ReadWorkerOptions(const WorkerOptions& options, RunSettings* settings);

/// Works under the lead of rank 0, which alone shows progress and report. Gives the exit code.
int RunAsHelper(const std::vector<const Benchmark*>& benchmarks, const RunSettings& settings);

}  // namespace tessera
