#include "harness/workers/heartbeat.h"

#include <condition_variable>
#include <mutex>

#include "harness/base/error.h"

namespace tessera {

HeartbeatThread::HeartbeatThread(LeaseQueue* queue, std::chrono::milliseconds interval)
    : thread_([queue, interval](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!wake.wait_for(lock, stop, interval, [] { return false; }) && !stop.stop_requested()) {
          try {
            queue->Beat();
          } catch (const Error&) {
            return;  // the worker's own next call to the store says so
          }
        }
      }) {}

}  // namespace tessera
