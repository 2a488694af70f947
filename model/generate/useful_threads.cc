#include "model/generate/useful_threads.h"

#include <sched.h>

#include <thread>

#include "model/config/model_cost.h"

namespace tessera {

int UsefulThreads(const ModelConfig& config) {
  constexpr std::int64_t kSmall = 20'000'000;
  const ParameterCount count = CountParameters(config);
  if (count.vision + count.projector + count.language < kSmall) return 1;
  cpu_set_t cores;
  const bool is_known = ::sched_getaffinity(0, sizeof cores, &cores) == 0;
  return is_known ? CPU_COUNT(&cores) : static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace tessera
