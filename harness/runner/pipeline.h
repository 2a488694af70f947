// Runs a plan: takes groups for a call of the backend, loads and tiles their pictures (parallel), asks, and scores and
// writes each sample as soon as it is answered.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "harness/journal/sample_record.h"
#include "harness/runner/plan.h"
#include "harness/workers/work_queue.h"
#include "model/api/backend.h"

namespace tessera {

/// Most picture groups in memory at a time, where a call asks about one group.
inline constexpr int kMostLiveGroups = 8;

/// Calls in memory at a time, where a call asks about several groups: one is asked while the next is loaded.
inline constexpr int kLiveCalls = 2;

struct PipelineSettings {
  int threads = 0;                          // of the harness; 0: all cores
  const std::atomic<bool>* stop = nullptr;  // once true no further group is started, and what the backend stopped is
                                            // not written
  std::optional<int> max_failures;          // once more samples failed no further group is started
  int workers = 1;                          // processes that share the queue
  /// Called as soon as a sample is answered, never twice at a time; may add to the record.
  std::function<void(SampleRecord&)> write;
};

struct PipelineResult {
  int written = 0;
  int failed = 0;                  // of those written
  bool stopped = false;            // samples were left out because of `stop`
  bool too_many_failures = false;  // or because of `max_failures`
};

/// Asks `backend` about every sample of the groups that `queue` gives, until it gives none. A picture that cannot be
/// decoded and a query that fails become Failures of their samples. A call asks about one group; about several, as many
/// as CallSize allows, where the backend answers several questions at once. In memory are then kLiveCalls calls at a
/// time, else min(threads + 1, kMostLiveGroups); with a backend that takes N > 1 calls at once, N, and N threads in
/// place of `threads`. The records do not depend on `threads`, except for their times; their order does where the
/// backend takes several calls. Throws what the backend or `write` throws; everything written before stays written.
PipelineResult RunPipeline(const Plan& plan, const std::vector<PictureGroup>& groups, Backend* backend,
                           WorkQueue* queue, const PipelineSettings& settings);

}  // namespace tessera
