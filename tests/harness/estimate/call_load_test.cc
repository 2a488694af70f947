#include "harness/estimate/call_load.h"

#include <gtest/gtest.h>

#include "model/config/model_cost.h"

namespace tessera {
namespace {

constexpr std::int64_t kPlenty = 1'000'000;

TEST(CallLoad, AnswersAtTheSameTimeShareTheirPasses) {
  CallLoad load(kPlenty);
  EXPECT_EQ(load.Add({.steps = 5}), 5);
  EXPECT_EQ(load.Add({.steps = 3}), 0);
  EXPECT_EQ(load.Add({.steps = 7}), 2);
}

TEST(CallLoad, WhenAllPlacesAreTakenTheNextBeginsAfterTheShortest) {
  CallLoad load(kPlenty);
  for (int i = 0; i < kQuestionsAtOnce; ++i) load.Add({.steps = i == 0 ? 2 : 10});
  EXPECT_EQ(load.Add({.steps = 4}), 0);   // passes 3 ... 6
  EXPECT_EQ(load.Add({.steps = 10}), 6);  // 7 ... 16
}

TEST(CallLoad, WithoutMemoryForMoreAnswersComeOneAfterAnother) {
  CallLoad prefixes(100), tails(100), one_picture(100);
  EXPECT_EQ(prefixes.Add({.prefix = 0, .prefix_tokens = 60, .steps = 5}), 5);
  EXPECT_EQ(prefixes.Add({.prefix = 1, .prefix_tokens = 60, .steps = 5}), 5);
  EXPECT_EQ(tails.Add({.tail_tokens = 60, .steps = 5}), 5);
  EXPECT_EQ(tails.Add({.tail_tokens = 60, .steps = 5}), 5);
  EXPECT_EQ(one_picture.Add({.prefix = 1, .prefix_tokens = 60, .steps = 5}), 5);
  EXPECT_EQ(one_picture.Add({.prefix = 1, .prefix_tokens = 60, .steps = 5}), 0);
}

TEST(CallLoad, MemoryHoldsEachPrefixOnceAndTailsOfAnswersAtTheSameTime) {
  CallLoad load(kPlenty);
  load.Add({.prefix = 0, .prefix_tokens = 1000, .tail_tokens = 10});
  load.Add({.prefix = 0, .prefix_tokens = 1000, .tail_tokens = 30});
  load.Add({.prefix = 1, .prefix_tokens = 500, .tail_tokens = 20});
  EXPECT_EQ(load.TokensInMemory(), 1500 + 60);
  for (int i = 0; i < 2 * kQuestionsAtOnce; ++i) load.Add({.tail_tokens = 30});
  EXPECT_EQ(load.TokensInMemory(), 1500 + kQuestionsAtOnce * 30);
  CallLoad small(100);
  small.Add({.prefix_tokens = 300, .tail_tokens = 80});
  small.Add({.prefix = 1, .prefix_tokens = 50, .tail_tokens = 80});
  EXPECT_EQ(small.TokensInMemory(), 300 + 100);
}

}  // namespace
}  // namespace tessera
