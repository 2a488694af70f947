// Shows the other workers that this one lives.
#pragma once

#include <chrono>
#include <thread>

#include "harness/workers/lease_queue.h"

namespace tessera {

/// Calls LeaseQueue::Beat on a thread of its own for as long as it lives, or until the store is gone.
class HeartbeatThread {
 public:
  HeartbeatThread(LeaseQueue* queue, std::chrono::milliseconds interval);

 private:
  std::jthread thread_;
};

}  // namespace tessera
