// How many requests a server gets at a time: fewer when it says that they are too many.
#pragma once

#include <condition_variable>
#include <mutex>

namespace tessera {

/// Starts with `most` places. A throttled request halves them, down to one; each time that as many requests as there
/// are places got through, there is one more, up to `most`. Callable from several threads.
class RequestLimiter {
 public:
  explicit RequestLimiter(int most) : most_(most), limit_(most) {}

  /// A place, from when one is free until it is destroyed.
  class Place {
   public:
    explicit Place(RequestLimiter* limiter) : limiter_(limiter), halvings_(limiter->Enter()) {}
    ~Place() { limiter_->Leave(halvings_, is_throttled_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// The server answered with status 429.
    void MarkThrottled() { is_throttled_ = true; }

   private:
    RequestLimiter* limiter_;
    int halvings_;
    bool is_throttled_ = false;
  };

  int limit() const;

 private:
  /// The number of halvings so far.
  int Enter();
  /// Of the requests that were under way together, only the first to be throttled halves: `halvings_then` tells.
  void Leave(int halvings_then, bool is_throttled);

  const int most_;
  mutable std::mutex mutex_;
  std::condition_variable place_is_free_;
  int limit_;
  int inside_ = 0;
  int halvings_ = 0;
  int passed_ = 0;  // requests since the limit last changed
};

}  // namespace tessera
