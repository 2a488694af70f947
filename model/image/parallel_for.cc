#include "model/image/parallel_for.h"

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

namespace tessera {

void ParallelFor(int count, int threads, int min_range, const std::function<void(int, int)>& body) {
  const int ranges = std::clamp(threads, 1, std::max(1, count / std::max(1, min_range)));
  const auto border = [&](int i) { return static_cast<int>(std::int64_t{count} * i / ranges); };
  std::vector<std::jthread> workers;  // joined at the end of the scope
  for (int i = 1; i < ranges; ++i) workers.emplace_back([&, i] { body(border(i), border(i + 1)); });
  body(0, border(1));
}

}  // namespace tessera
