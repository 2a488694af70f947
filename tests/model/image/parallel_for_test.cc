#include "model/image/parallel_for.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace tessera {
namespace {

std::vector<std::pair<int, int>> Ranges(int count, int threads, int min_range) {
  std::mutex mutex;
  std::vector<std::pair<int, int>> ranges;
  ParallelFor(count, threads, min_range, [&](int begin, int end) {
    const std::lock_guard lock(mutex);
    ranges.emplace_back(begin, end);
  });
  std::sort(ranges.begin(), ranges.end());
  return ranges;
}

TEST(ParallelFor, CoversEveryIndexOnce) {
  for (const int count : {0, 1, 2, 7, 100}) {
    for (const int threads : {-1, 0, 1, 2, 3, 16}) {
      std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
      ParallelFor(count, threads, 1, [&](int begin, int end) {
        for (int i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
      });
      EXPECT_TRUE(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n == 1; }))
          << count << " over " << threads;
    }
  }
}

TEST(ParallelFor, UsesNoMoreRangesThanThreadsAndNoneShorterThanTheMinimum) {
  EXPECT_EQ(Ranges(100, 4, 1).size(), 4u);
  EXPECT_EQ(Ranges(3, 16, 1).size(), 3u);
  EXPECT_EQ(Ranges(20, 8, 16), (std::vector<std::pair<int, int>>{{0, 20}}));
  EXPECT_EQ(Ranges(33, 8, 16), (std::vector<std::pair<int, int>>{{0, 16}, {16, 33}}));
}

}  // namespace
}  // namespace tessera
