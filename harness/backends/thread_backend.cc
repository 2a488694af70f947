#include "harness/backends/thread_backend.h"

#include <utility>

namespace tessera {

ThreadBackend::ThreadBackend(const std::function<std::unique_ptr<Backend>()>& make)
    : thread_([this] {
        for (std::shared_ptr<Task> task; tasks_.pop(task), task != nullptr;) (*task)();
        backend_.reset();
      }) {
  try {
    RunOnThread([&] {
      backend_ = make();
      info_ = backend_->Info();
    });
  } catch (...) {
    tasks_.push(nullptr);
    throw;
  }
}

ThreadBackend::~ThreadBackend() { tasks_.push(nullptr); }

std::vector<Outcome> ThreadBackend::Generate(std::span<const Query> batch) {
  std::vector<Outcome> outcomes;
  RunOnThread([&] { outcomes = backend_->Generate(batch); });
  return outcomes;
}

void ThreadBackend::RunOnThread(std::function<void()> work) {
  const auto task = std::make_shared<Task>(std::move(work));
  std::future<void> finished = task->get_future();
  tasks_.push(task);
  finished.get();
}

}  // namespace tessera
