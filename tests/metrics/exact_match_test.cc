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

TEST(ExactMatch, TakesAnyReference) {
  EXPECT_EQ(ExactMatch("dog", std::vector<std::string>{"cat", "Dog"}), 1);
  EXPECT_THROW(ExactMatch("dog", {}), std::invalid_argument);
}

}  // namespace
}  // namespace tessera::metrics
