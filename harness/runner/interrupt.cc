#include "harness/runner/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace tessera {
namespace {

// A signal handler has no other way to speak to the program.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void OnSignal(int) {
  if (interrupted.exchange(true)) ::_exit(130);
}

}  // namespace

const std::atomic<bool>& WatchForInterrupt() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  return interrupted;
}

}  // namespace tessera
