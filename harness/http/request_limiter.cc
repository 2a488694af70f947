#include "harness/http/request_limiter.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr int kMeanOver = 8;          // requests that the moving mean looks back on
constexpr double kForgetting = 1.02;  // of the lowest mean, per round

}  // namespace

int RequestLimiter::limit() const {
  const std::lock_guard lock(mutex_);
  return limit_;
}

int RequestLimiter::Enter() {
  std::unique_lock lock(mutex_);
  place_is_free_.wait(lock, [this] { return inside_ < limit_; });
  ++inside_;
  return halvings_;
}

void RequestLimiter::Leave(int halvings_then, bool is_throttled, double latency_s) {
  {
    const std::lock_guard lock(mutex_);
    --inside_;
    if (!is_throttled) {
      CountPassed(latency_s);
    } else if (halvings_then == halvings_) {
      limit_ = std::max(1, limit_ / 2);
      ++halvings_;
      passed_ = 0;
    }
  }
  place_is_free_.notify_all();
}

void RequestLimiter::CountPassed(double latency_s) {
  if (latency_s > 0) {
    measured_ = std::min(measured_ + 1, kMeanOver);
    mean_s_ += (latency_s - mean_s_) / measured_;
  }
  if (++passed_ < limit_) return;
  passed_ = 0;
  const bool is_known = lowest_mean_s_ > 0 && limit_ > 1;
  lowest_mean_s_ = is_known ? std::min(lowest_mean_s_ * kForgetting, mean_s_) : mean_s_;
  if (mean_s_ > kSlow * lowest_mean_s_) {
    --limit_;
  } else if (limit_ < most_) {
    ++limit_;
  }
}

}  // namespace tessera
