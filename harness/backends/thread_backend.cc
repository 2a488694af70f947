#include "harness/backends/thread_backend.h"

#include <atomic>
#include <optional>
#include <utility>

namespace tessera {
namespace {

struct Delivery {
  std::size_t index = 0;
  Outcome outcome;
};

/// Thrown in the backend when nobody takes its outcomes any more.
struct Abandoned {};

}  // namespace

ThreadBackend::ThreadBackend(const std::function<std::unique_ptr<Backend>()>& make)
    : thread_([this] {
        for (std::shared_ptr<Task> task; tasks_.pop(task), task != nullptr;) (*task)();
        backend_.reset();
      }) {
  try {
    Start([&] {
      backend_ = make();
      info_ = backend_->Info();
    }).get();
  } catch (...) {
    tasks_.push(nullptr);
    throw;
  }
}

ThreadBackend::~ThreadBackend() { tasks_.push(nullptr); }

void ThreadBackend::Generate(std::span<const Query> batch, const Deliver& deliver) {
  tbb::concurrent_bounded_queue<std::optional<Delivery>> deliveries;  // nullopt: no more will come
  std::atomic<bool> is_abandoned{false};
  std::future<void> finished = Start([&] {
    try {
      backend_->Generate(batch, [&](std::size_t index, Outcome outcome) {
        if (is_abandoned) throw Abandoned{};
        deliveries.push(Delivery{index, std::move(outcome)});
      });
    } catch (...) {
      deliveries.push(std::nullopt);
      throw;
    }
    deliveries.push(std::nullopt);
  });
  try {
    std::optional<Delivery> next;
    for (deliveries.pop(next); next; deliveries.pop(next)) deliver(next->index, std::move(next->outcome));
  } catch (...) {
    is_abandoned = true;
    finished.wait();  // what runs there refers to this call
    throw;
  }
  finished.get();
}

std::future<void> ThreadBackend::Start(std::function<void()> work) {
  const auto task = std::make_shared<Task>(std::move(work));
  std::future<void> finished = task->get_future();
  tasks_.push(task);
  return finished;
}

}  // namespace tessera
