#include "harness/cli/worker_options.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "harness/cli/command_line.h"
#include "harness/runner/interrupt.h"

namespace tessera {
namespace {

/// The GPU of the local rank, among those that this process may see.
std::string OwnGpu(const WorkerPlace& place) {
  const std::optional<std::string> visible = ReadEnvironment("CUDA_VISIBLE_DEVICES");
  const auto count = visible ? static_cast<int>(Split(*visible, ',').size()) : place.local_rank + 1;
  return fmt::format("cuda:{}", place.local_rank % count);
}

void ReadDevices(const WorkerOptions& options, const WorkerPlace& place, BackendSettings* backend) {
  const std::vector<std::string> devices = Split(backend->device, ',');
  backend->device = devices.front();  // what a resumed run must share
  if (options.replicas && devices.size() > 1) {
    throw UsageError("--replicas has no effect with several devices: each has one");
  }
  const auto replicas = static_cast<std::size_t>(options.replicas.value_or(1));
  if (devices.size() > 1) {
    backend->devices = devices;
  } else if (place.size > 1 && backend->device == "cuda") {
    backend->devices.assign(replicas, OwnGpu(place));
  } else if (options.replicas) {
    backend->devices.assign(replicas, backend->device);
  }
}

}  // namespace

void AddWorkerOptions(CLI::App* command, WorkerOptions* options) {
  command->add_option("--replicas", options->replicas, "Copies of the model in this process, which share the cores")
      ->check(CLI::Range(1, 1024));
  command
      ->add_option("--lease", options->lease_s, "With several workers: seconds after which a silent one loses its work")
      ->check(CLI::Range(0.1, 86400.0))
      ->default_str("30");
}

void ReadWorkerOptions(const WorkerOptions& options, RunSettings* settings) {
  settings->place = FindWorkerPlace(ReadEnvironment);
  ReadDevices(options, settings->place, &settings->backend);
  if (!options.lease_s) return;
  if (settings->place.size == 1) throw UsageError("--lease has no effect on a run of one worker");
  settings->lease = std::chrono::milliseconds(std::llround(1000 * *options.lease_s));
}

int RunAsHelper(const std::vector<const Benchmark*>& benchmarks, const RunSettings& settings) {
  RunHooks hooks;
  hooks.notice = [&settings](const std::string& text) {
    PrintNotice(fmt::format("rank {}: {}", settings.place.rank, text));
  };
  hooks.stop = &WatchForInterrupt();
  const RunResult result = RunBenchmarks(benchmarks, settings, hooks);
  if (result.stopped) return kExitInterrupted;
  return result.too_many_failures ? kExitUnscored : kExitFine;
}

}  // namespace tessera
