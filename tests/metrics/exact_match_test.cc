#include "metrics/exact_match.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace tessera::metrics {
namespace {

const std::vector<std::string> kB = {"B"};

TEST(ExactMatch, IgnoresCaseAndWhiteSpaceAround) {
  for (const char* answer : {"B", "b", " B\n", "\u3000b"}) EXPECT_EQ(ExactMatch(answer, kB), 1) << answer;
  EXPECT_EQ(ExactMatch("b", std::vector<std::string>{" B "}), 1);
}

TEST(ExactMatch, ExtractsNothing) {
  for (const char* answer : {"", "B.", "(B)", "B. dog", "Ｂ", "\u200b\u0042"})
    EXPECT_EQ(ExactMatch(answer, kB), 0) << answer;
}

TEST(ExactMatch, FollowsTheHandCheckedTable) {
  struct Case {
    const char* answer;
    const char* reference;
    double value;
  };
  for (const Case& c : {
           Case{"14", "14", 1}, Case{"14", "14.0", 0}, Case{"014", "14", 0}, Case{"1 000", "1000", 0},
           Case{"New York", "new york", 1}, Case{"New  York", "New York", 0},  // white space inside counts
           Case{"New York.", "New York", 0}, Case{"", "", 1}, Case{" \t", "", 1},
           Case{"STRASSE", "stra\u00dfe", 0},                                    // lower case, not case folding
           Case{"\u00c9TOILE", "\u00e9toile", 1}, Case{"\u0130", "i\u0307", 1},  // one code point becomes two
           Case{"\u5317\u4eac", "\u5317\u4eac ", 1}, Case{"\u00a0B\u2003", "B", 1},
           Case{"\x1f"
                "B",
                "B", 1},  // white space to Python
       }) {
    EXPECT_EQ(ExactMatch(c.answer, std::vector<std::string>{c.reference}), c.value) << c.answer << " / " << c.reference;
  }
}

TEST(ExactMatch, TakesAnyReference) {
  EXPECT_EQ(ExactMatch("dog", std::vector<std::string>{"cat", "Dog"}), 1);
  EXPECT_THROW(ExactMatch("dog", {}), std::invalid_argument);
}

}  // namespace
}  // namespace tessera::metrics
