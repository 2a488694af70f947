// A loop split over threads.
#pragma once

#include <functional>

namespace tessera {

/// Calls body(begin, end) for consecutive ranges that together cover [0, count), on up to `threads` threads, the
/// caller's among them; returns when all are done. No range is shorter than `min_range`, unless `count` is. `body` must
/// not throw.
void ParallelFor(int count, int threads, int min_range, const std::function<void(int, int)>& body);

}  // namespace tessera
