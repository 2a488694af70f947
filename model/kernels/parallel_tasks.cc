// Built with -fopenmp, the only file that is: ATen's own threads are OpenMP's, and a second pool would fight with them.
#include "model/kernels/parallel_tasks.h"

#include <omp.h>

namespace tessera {

void RunTasks(std::int64_t tasks, void (*run)(void* context, std::int64_t task, int worker), void* context) {
  if (tasks == 1) return run(context, 0, 0);
#pragma omp parallel for schedule(dynamic, 1)
  for (std::int64_t task = 0; task < tasks; ++task) run(context, task, omp_get_thread_num());
}

}  // namespace tessera
