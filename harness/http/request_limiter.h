// How many requests a server gets at a time: fewer when it says that they are too many, or slows down under them.
#pragma once

#include <condition_variable>
#include <mutex>

namespace tessera {

/// Starts with `most` places. A throttled request halves them, down to one. Each time that as many requests as there
/// are places got through there is one place more, up to `most`; or one fewer when the mean latency of late is more
/// than kSlow times the lowest so far: the server then only queues what it gets. The lowest creeps up, and with one
/// place it is the latency itself, so that questions of another kind are not taken for a slow server for long. Callable
/// from several threads.
class RequestLimiter {
 public:
  static constexpr double kSlow = 3;

  explicit RequestLimiter(int most) : most_(most), limit_(most) {}

  /// A place, from when one is free until it is destroyed.
  class Place {
   public:
    explicit Place(RequestLimiter* limiter) : limiter_(limiter), halvings_(limiter->Enter()) {}
    ~Place() { limiter_->Leave(halvings_, is_throttled_, latency_s_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// The server answered with status 429 or 503, or not in time.
    void MarkThrottled() { is_throttled_ = true; }

    /// How long a request that was answered took.
    void SetLatency(double seconds) { latency_s_ = seconds; }

   private:
    RequestLimiter* limiter_;
    int halvings_;
    bool is_throttled_ = false;
    double latency_s_ = 0;
  };

  int limit() const;

 private:
  /// The number of halvings so far.
  int Enter();
  /// Of the requests that were under way together, only the first to be throttled halves: `halvings_then` tells.
  void Leave(int halvings_then, bool is_throttled, double latency_s);
  void CountPassed(double latency_s);

  const int most_;
  mutable std::mutex mutex_;
  std::condition_variable place_is_free_;
  int limit_;
  int inside_ = 0;
  int halvings_ = 0;
  int passed_ = 0;            // requests since the limit was last looked at
  int measured_ = 0;          // requests in mean_s_
  double mean_s_ = 0;         // latency of late
  double lowest_mean_s_ = 0;  // 0: not known
};

}  // namespace tessera
