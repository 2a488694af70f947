// Which picture groups of a run are still to be asked, whoever else works on it.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

namespace tessera {

/// Hands out the groups 0 ... size-1 of a run. Take is called from one thread at a time, the rest from any.
class WorkQueue {
 public:
  virtual ~WorkQueue() = default;

  /// A group that this worker asks now; nullopt when none is free: the rest is done or held by workers.
  virtual std::optional<std::size_t> Take() = 0;

  /// Groups that nobody was given yet, as far as this worker knows. Called as Take is.
  virtual std::size_t Unclaimed() const = 0;

  /// False when another worker has taken the group over, so that its records are not to be written.
  virtual bool Holds(std::size_t group) = 0;

  /// The records of the group are in the journal; `failures` of them failed.
  virtual void Finish(std::size_t group, int failures) = 0;

  /// True when every group is finished, as far as this worker knows; Take looks again.
  virtual bool IsDone() const = 0;

  /// Failed samples of this start, of all workers.
  virtual int failures() const = 0;
};

/// The queue of a run in one process.
class LocalQueue : public WorkQueue {
 public:
  explicit LocalQueue(std::size_t groups) : groups_(groups) {}

  std::optional<std::size_t> Take() override {
    const std::size_t group = next_;
    if (group == groups_) return std::nullopt;
    ++next_;
    return group;
  }
  std::size_t Unclaimed() const override { return groups_ - next_; }
  bool Holds(std::size_t) override { return true; }
  void Finish(std::size_t, int failures) override {
    ++finished_;
    failures_ += failures;
  }
  bool IsDone() const override { return finished_ == groups_; }
  int failures() const override { return failures_; }

 private:
  std::size_t groups_;
  std::size_t next_ = 0;
  std::atomic<std::size_t> finished_{0};
  std::atomic<int> failures_{0};
};

}  // namespace tessera
