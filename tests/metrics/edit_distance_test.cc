#include "metrics/edit_distance.h"

#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

TEST(EditDistance, FollowsTheHandCheckedTable) {
  struct Case {
    const char32_t *a, *b;
    std::size_t distance;
  };
  for (const Case& c : {
           Case{U"", U"", 0},
           Case{U"", U"abc", 3},
           Case{U"abc", U"", 3},
           Case{U"abc", U"abc", 0},
           Case{U"abc", U"abd", 1},
           Case{U"abc", U"ab", 1},
           Case{U"abc", U"xabc", 1},
           Case{U"abc", U"cab", 2},
           Case{U"ab", U"ba", 2},  // no transposition
           Case{U"kitten", U"sitting", 3},
           Case{U"flaw", U"lawn", 2},
           Case{U"saturday", U"sunday", 3},
           Case{U"intention", U"execution", 5},
           Case{U"aaaa", U"aa", 2},
           Case{U"abcdef", U"ghijkl", 6},
           Case{U"A", U"a", 1},
           Case{U"12.50", U"1250", 1},
           Case{U"a b", U"ab", 1},
           Case{U"\u4e2d\u6587", U"\u4e2d\u56fd", 1},
           Case{U"\u00e9", U"e\u0301", 2},  // two ways to write one letter
       }) {
    EXPECT_EQ(EditDistance(c.a, c.b), c.distance);
    EXPECT_EQ(EditDistance(c.b, c.a), c.distance);
  }
}

}  // namespace
}  // namespace tessera::metrics
