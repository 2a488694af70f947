#include "metrics/python_random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace tessera::metrics {
namespace {

using testing::ElementsAre;

TEST(PythonRandom, GivesCPythonsNumbersAfterSeed42) {
  PythonRandom random(42);
  const std::vector<std::uint32_t> outputs = {random.Next(), random.Next(), random.Next()};
  EXPECT_THAT(outputs, ElementsAre(2746317213u, 478163327u, 107420369u));
}

// random.seed(42); [random.getrandbits(32) for _ in range(700)][-1], CPython 3.11
TEST(PythonRandom, RefillsItsState) {
  PythonRandom random(42);
  for (int i = 0; i < 699; ++i) random.Next();
  EXPECT_EQ(random.Next(), 2918508077u);
}

TEST(PythonRandom, SeedsAreIndependentStreamsThatRepeat) {
  PythonRandom first(7), second(7), other(8);
  bool differs = false;
  for (int i = 0; i < 2000; ++i) {
    const std::uint32_t value = first.Next();
    EXPECT_EQ(value, second.Next());
    differs |= value != other.Next();
  }
  EXPECT_TRUE(differs);
}

// random.seed(2**32 + 5); [random.getrandbits(32) for _ in range(2)], CPython 3.11
TEST(PythonRandom, ALongSeedIsTwoWords) {
  PythonRandom random((std::uint64_t{1} << 32) + 5), low_word(5);
  EXPECT_EQ(random.Next(), 675479763u);
  EXPECT_EQ(random.Next(), 2085189291u);
  EXPECT_EQ(low_word.Next(), 2675342405u);
}

// random.seed(42); [random.choice(range(n)) for n in (4, 4, 5, 1, 9)], CPython 3.11
TEST(PythonRandom, ChoosesAsRandomChoiceDoes) {
  PythonRandom random(42);
  std::vector<std::size_t> indices;
  for (const std::size_t count : {4, 4, 5, 1, 9}) indices.push_back(random.Choice(count));
  EXPECT_THAT(indices, ElementsAre(0, 0, 2, 0, 3));
  EXPECT_THROW(random.Choice(0), std::invalid_argument);
}

}  // namespace
}  // namespace tessera::metrics
