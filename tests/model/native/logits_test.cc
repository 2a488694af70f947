#include "model/generate/logits.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tessera {
namespace {

TEST(ProcessScores, PenalisesGeneratedTokensAndTheStartOnce) {
  std::vector<float> scores = {4, 4, -4, 4, 4};
  const std::vector<int> generated = {2, 3, 3};
  ProcessScores(scores, {.repetition_penalty = 2}, {.bos_token = 1, .end_token = 4, .generated = &generated});
  EXPECT_EQ(scores, (std::vector<float>{4, 2, -8, 2, 4}));
}

TEST(ProcessScores, MasksTheEndTokenUntilEnoughTokensExist) {
  std::vector<float> scores = {0, 0, 9};
  const std::vector<int> one = {0};
  const std::vector<int> two = {0, 1};
  ProcessScores(scores, {.min_new_tokens = 2}, {.bos_token = 1, .end_token = 2, .generated = &two});
  EXPECT_EQ(scores[2], 9);
  ProcessScores(scores, {.min_new_tokens = 2}, {.bos_token = 1, .end_token = 2, .generated = &one});
  EXPECT_TRUE(std::isinf(scores[2]) && scores[2] < 0);
}

TEST(ArgMax, TakesTheFirstOfEqualScores) { EXPECT_EQ(ArgMax(std::vector<float>{1, 3, 3, 2}), 1); }

}  // namespace
}  // namespace tessera
