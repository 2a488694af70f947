#include "metrics/edit_distance.h"

#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

TEST(EditDistance, CountsEachChangeOnce) {
  EXPECT_EQ(EditDistance(U"", U""), 0u);
  EXPECT_EQ(EditDistance(U"", U"abc"), 3u);
  EXPECT_EQ(EditDistance(U"abc", U""), 3u);
  EXPECT_EQ(EditDistance(U"abc", U"abc"), 0u);
  EXPECT_EQ(EditDistance(U"kitten", U"sitting"), 3u);
  EXPECT_EQ(EditDistance(U"ab", U"ba"), 2u);  // no transposition
}

TEST(EditDistance, CountsCodePoints) { EXPECT_EQ(EditDistance(U"\u4e2d\u6587", U"\u4e2d\u56fd"), 1u); }

}  // namespace
}  // namespace tessera::metrics
