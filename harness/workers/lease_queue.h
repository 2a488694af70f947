// The queue of a run that several workers share: each group is leased to a worker, and lost by one that stops working.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "harness/base/error.h"
#include "harness/workers/key_store.h"
#include "harness/workers/work_queue.h"

namespace tessera {

struct LeaseSettings {
  using Clock = std::chrono::steady_clock;

  /// A worker whose heartbeat has not moved for so long loses its leases.
  std::chrono::milliseconds lease{30'000};
  std::function<Clock::time_point()> now = Clock::now;
};

/// In the store: `next`, the first group that nobody was given; `group/N`, the holder of a lease, or who finished it;
/// `beat/HOLDER`, a counter that a living worker moves; `failed`, the number of failed samples. No clocks are compared:
/// each worker measures by its own how long it has seen the same lease and the same heartbeat.
///
/// While groups are left that nobody was given, they come first. After them Take looks at the leases of others, and
/// takes over what a silent worker holds, or what a working one has held for longer than ten leases and four times the
/// longest group of this worker. A worker that comes late, or was only slow, is told so by Holds.
///
/// When the store is gone, the groups at hand are still worth finishing: nobody else goes on with them. Take gives
/// nothing then, and throws the store's error when it is called again; Holds and Finish never throw it.
class LeaseQueue : public WorkQueue {
 public:
  /// `holder` names this worker, and no other that ever used the store. Throws what `store` throws.
  LeaseQueue(KeyStore* store, std::string holder, std::size_t groups, LeaseSettings settings);

  std::optional<std::size_t> Take() override;
  std::size_t Unclaimed() const override { return groups_ - given_; }
  bool Holds(std::size_t group) override;
  void Finish(std::size_t group, int failures) override;
  bool IsDone() const override;
  int failures() const override { return failures_; }

  /// Moves this worker's heartbeat; to be called several times per lease. Throws what `store` throws.
  void Beat();

 private:
  using Clock = LeaseSettings::Clock;

  struct Lease {
    std::string holder;
    Clock::time_point seen_since;
  };
  struct Heartbeat {
    std::int64_t count = -1;
    Clock::time_point seen_since;
  };

  std::optional<std::size_t> TakeFromStore();
  void FinishInStore(std::size_t group, int failures);
  void LoseStore(const Error& error);
  bool Lend(std::size_t group, const std::string& from);
  std::optional<std::size_t> TakeOver();
  bool IsLost(std::size_t group, const std::string& holder);
  void Forget(std::size_t group);

  KeyStore* store_;
  std::string holder_;
  std::size_t groups_;
  LeaseSettings settings_;
  std::size_t given_ = 0;                // to whichever worker, as Take saw it
  bool ended_ = false;                   // Take gave nothing because the store is gone
  std::map<std::size_t, Lease> leases_;  // of others, as seen by Take
  std::map<std::string, Heartbeat> heartbeats_;

  mutable std::mutex mutex_;    // over what follows
  std::optional<Error> lost_;   // why the store is gone
  std::set<std::size_t> open_;  // not known to be finished
  std::map<std::size_t, Clock::time_point> taken_at_;
  Clock::duration longest_group_{0};  // from Take to Finish
  std::atomic<int> failures_{0};
};

}  // namespace tessera
