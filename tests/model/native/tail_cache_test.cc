#include "model/language/tail_cache.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(TokenRanges, WhatIsGivenBackCanBeTakenInOnePiece) {
  TokenRanges ranges(10);
  EXPECT_EQ(ranges.Take(4), 0);
  EXPECT_EQ(ranges.Take(3), 4);
  EXPECT_EQ(ranges.Take(3), 7);
  EXPECT_EQ(ranges.Take(1), std::nullopt);
  ranges.GiveBack(0, 4);
  ranges.GiveBack(7, 3);
  EXPECT_EQ(ranges.Take(7), std::nullopt) << "seven are free, but not in a row";
  ranges.GiveBack(4, 3);
  EXPECT_EQ(ranges.Take(10), 0);
}

TEST(AddRows, SequencesOfOnePrefixAreOneGroup) {
  const auto first = std::make_shared<const Prefix>();
  const auto second = std::make_shared<const Prefix>();
  RowBatch batch;
  AddRows(first, {.first_row = 0, .rows = 2, .first_token = 50, .tokens = 2}, &batch);
  AddRows(second, {.first_row = 2, .rows = 1, .first_token = 20, .tokens = 6}, &batch);
  AddRows(first, {.first_row = 3, .rows = 1, .first_token = 70, .tokens = 1}, &batch);
  FinishRows(4, at::kCPU, &batch);
  ASSERT_EQ(batch.groups.size(), 2u);
  EXPECT_EQ(batch.groups[0].tails.size(), 2u);
  const std::vector<std::int64_t> expected = {50, 51, 25, 70};
  const auto* tokens = batch.tail_tokens.const_data_ptr<std::int64_t>();
  EXPECT_EQ(std::vector<std::int64_t>(tokens, tokens + 4), expected);
}

}  // namespace
}  // namespace tessera
