#include "harness/http/request_limiter.h"

#include <algorithm>

namespace tessera {

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

void RequestLimiter::Leave(int halvings_then, bool is_throttled) {
  {
    const std::lock_guard lock(mutex_);
    --inside_;
    if (is_throttled && halvings_then == halvings_) {
      limit_ = std::max(1, limit_ / 2);
      ++halvings_;
      passed_ = 0;
    } else if (!is_throttled && limit_ < most_ && ++passed_ >= limit_) {
      ++limit_;
      passed_ = 0;
    }
  }
  place_is_free_.notify_all();
}

}  // namespace tessera
