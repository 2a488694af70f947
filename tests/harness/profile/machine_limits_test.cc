#include "harness/profile/machine_limits.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

// Between what no machine misses and what none reaches: a wrong unit or a loop that was left out falls outside.
TEST(MachineLimits, TheReadRateIsThatOfAMemory) {
  const double rate = MeasureReadRate(1);
  EXPECT_GT(rate, 1e7);
  EXPECT_LT(rate, 1e13);
}

}  // namespace
}  // namespace tessera
