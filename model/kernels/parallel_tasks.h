// Independent pieces of one kernel, over ATen's threads.
#pragma once

#include <cstdint>

namespace tessera {

/// Calls run(context, task) for each task in [0, tasks), in any order, on as many threads as ATen is set to use.
/// Threads take the next task when they are done with one, so that a thread which another program delays holds up
/// little.
void RunTasks(std::int64_t tasks, void (*run)(void* context, std::int64_t task), void* context);

/// The same for a callable, which must not throw. Allocates nothing.
template <typename Body>
void ParallelTasks(std::int64_t tasks, const Body& body) {
  RunTasks(
      tasks, [](void* context, std::int64_t task) { (*static_cast<const Body*>(context))(task); },
      const_cast<Body*>(&body));
}

}  // namespace tessera
