// Runs every call of another backend on one thread.
#pragma once

#include <tbb/concurrent_queue.h>

#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "model/api/backend.h"

namespace tessera {

/// Makes a backend, calls it and destroys it on one thread of its own; it goes on while the caller takes an outcome.
/// What it throws reaches the caller.
class ThreadBackend : public Backend {
 public:
  explicit ThreadBackend(const std::function<std::unique_ptr<Backend>()>& make);
  ~ThreadBackend() override;

  BackendInfo Info() const override { return info_; }
  void Generate(std::span<const Query> batch, const Deliver& deliver) override;

 private:
  using Task = std::packaged_task<void()>;

  /// Runs `work` on the thread; the result throws what `work` throws.
  std::future<void> Start(std::function<void()> work);

  tbb::concurrent_bounded_queue<std::shared_ptr<Task>> tasks_;  // a null task ends the thread
  std::unique_ptr<Backend> backend_;                            // touched by thread_ only
  BackendInfo info_;
  std::jthread thread_;
};

}  // namespace tessera
