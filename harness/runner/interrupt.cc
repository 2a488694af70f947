#include "harness/runner/interrupt.h"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

namespace tessera {
namespace {

constexpr suseconds_t kPatienceUs = 500'000;  // beside one second

// A signal handler has no other way to speak to the program.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void EndNow() { ::_exit(130); }

void OnTooSlow(int) {
  constexpr std::string_view kText = "\ntessera: interrupted in the middle of a step; the same command goes on\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText.data(), kText.size());
  EndNow();
}

void OnSignal(int) {
  if (interrupted.exchange(true)) EndNow();
  const itimerval patience{.it_interval = {}, .it_value = {.tv_sec = 1, .tv_usec = kPatienceUs}};
  ::setitimer(ITIMER_REAL, &patience, nullptr);
}

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

const std::atomic<bool>& WatchForInterrupt() {
  Handle(SIGINT, OnSignal);
  Handle(SIGTERM, OnSignal);
  Handle(SIGALRM, OnTooSlow);
  return interrupted;
}

}  // namespace tessera
