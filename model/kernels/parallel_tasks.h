// Independent pieces of one kernel, over ATen's threads.
#pragma once

#include <cstdint>

namespace tessera {

/// Calls run(context, task, worker) for each task in [0, tasks), in any order, on as many threads as ATen is set to
/// use; `worker`, below at::get_num_threads(), is the thread's number. A thread takes the next task when it is done
/// with one, so that a thread which another program delays holds up little.
void RunTasks(std::int64_t tasks, void (*run)(void* context, std::int64_t task, int worker), void* context);

/// The same for a callable (task, worker), which must not throw. Allocates nothing.
template <typename Body>
void ParallelTasks(std::int64_t tasks, const Body& body) {
  RunTasks(
      tasks, [](void* context, std::int64_t task, int worker) { (*static_cast<const Body*>(context))(task, worker); },
      const_cast<Body*>(&body));
}

}  // namespace tessera
