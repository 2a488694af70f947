// Runs a plan: load and tile (parallel), generate (in order, or as many groups at a time as the backend takes), score
// (parallel), write (in order).
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "harness/journal/sample_record.h"
#include "harness/runner/plan.h"
#include "harness/workers/work_queue.h"
#include "model/api/backend.h"

namespace tessera {

/// Most picture groups in memory at a time.
inline constexpr int kMostLiveGroups = 8;

struct PipelineSettings {
  int threads = 0;                          // of the harness; 0: all cores
  const std::atomic<bool>* stop = nullptr;  // once true no further group is started, and what the backend stopped is
                                            // not written
  std::optional<int> max_failures;  // once more samples failed no further group is started
  /// Called in the queue's order, never at the same time; may add to the record.
  std::function<void(SampleRecord&)> write;
};

struct PipelineResult {
  int written = 0;
  int failed = 0;                  // of those written
  bool stopped = false;            // samples were left out because of `stop`
  bool too_many_failures = false;  // or because of `max_failures`
};

/// Asks `backend` about every sample of the groups that `queue` gives, until it gives none. A picture that cannot be
/// decoded and a query that fails become Failures of their samples. At most min(threads + 1, kMostLiveGroups) groups
/// are in memory at a time; with a backend that takes N > 1 groups at once, the pictures of at most N, and N threads in
/// place of `threads`. The records do not depend on `threads`, except for their times. Throws what the backend or
/// `write` throws; everything written before stays written.
PipelineResult RunPipeline(const Plan& plan, const std::vector<PictureGroup>& groups, Backend* backend,
                           WorkQueue* queue, const PipelineSettings& settings);

}  // namespace tessera
