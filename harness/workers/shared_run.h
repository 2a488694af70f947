// What rank 0 tells the other workers of a run, and how they meet and part.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/workers/key_store.h"

namespace tessera {

struct SharedRun {
  std::string run_json;              // the settings of rank 0
  int start = 0;                     // SampleRecord::start
  std::vector<std::size_t> samples;  // that are to be asked: positions in the plan, ascending
};

/// Tells the others. Called once, when run.json lies in the run folder.
void PublishRun(KeyStore* store, const SharedRun& run);

/// Waits until rank 0 has published its run; nullopt when `stop` was set before.
std::optional<SharedRun> WaitForRun(KeyStore* store, const std::atomic<bool>* stop);

/// Says that this worker has closed its journal and will not use the store again.
void Leave(KeyStore* store);

/// Waits until `others` workers have left, for as long as `patience`: the dead never leave.
void WaitForOthers(KeyStore* store, int others, std::chrono::milliseconds patience);

}  // namespace tessera
