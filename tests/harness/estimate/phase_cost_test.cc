#include "harness/estimate/phase_cost.h"

#include <gtest/gtest.h>

#include "tests/harness/estimate/tiny_model.h"

namespace tessera {
namespace {

// By hand from the tiny configuration, with N = 257 tokens a tile and 64 after the shuffle.
constexpr double kVisionFlops = 2.0 * 257 * 3 * (4 * 128 * 128 + 2 * 128 * 512)  // projections and MLP
                                + 4.0 * 257 * 257 * 128 * 3                      // attention
                                + 2.0 * 256 * 588 * 128;                         // patches
constexpr double kProjectorFlops = 2.0 * 64 * (512 * 192 + 192 * 192);
constexpr double kTokenFlops = 1'179'648;     // 2 x 2 layers x (192 x 384 + 192 x 192 + 3 x 192 x 320)
constexpr double kPairFlops = 1536;           // 4 x 192 x 2 layers
constexpr double kHeadFlops = 236'928;        // 2 x 192 x 617
constexpr double kLanguageBytes = 1'418'496;  // 2 x (2 x (73728 + 36864 + 184320 + 384) + 192 + 617 x 192)
constexpr double kInt8Bytes = 723'940;        // 2 x (73728 + 36864 + 184320) + 617 x 192, 4 x 3433 rows, 2 x 960 norms
constexpr double kKvBytes = 768;              // 2 x 2 layers x 3 heads x 32 x 2 bytes

class PhaseCostTest : public testing::Test {
 protected:
  PhaseCosts costs_{TinyModel().config, 2};
};

TEST_F(PhaseCostTest, VisionGrowsWithTilesAndReadsItsWeightsOncePerBatch) {
  EXPECT_EQ(costs_.Vision(5).flops, 5 * kVisionFlops);
  EXPECT_EQ(costs_.Vision(5).bytes, 2 * costs_.Vision(4).bytes);
  EXPECT_EQ(costs_.Vision(1).bytes, 2.0 * static_cast<double>(CountParameters(TinyModel().config).vision));
  EXPECT_EQ(costs_.Projector(5).flops, 5 * kProjectorFlops);
}

TEST_F(PhaseCostTest, PrefillIsCausalAndEndsWithOneHeadPerBeam) {
  EXPECT_EQ(costs_.Prefill(10, 1).flops, 10 * kTokenFlops + 55 * kPairFlops + kHeadFlops);
  EXPECT_EQ(costs_.Prefill(10, 4).flops - costs_.Prefill(10, 1).flops, 3 * kHeadFlops);
  EXPECT_EQ(costs_.Prefill(10, 1).bytes, kLanguageBytes);
}

TEST_F(PhaseCostTest, WhatIsSharedIsNotPrefilledAgain) {
  EXPECT_EQ(costs_.Prefill(10, 1, 7).flops, 3 * kTokenFlops + (55 - 28) * kPairFlops + kHeadFlops);
  EXPECT_EQ(costs_.Prefill(10, 1, 7).bytes, 0);
  EXPECT_EQ(costs_.Prefill(10, 3, 7).bytes, kLanguageBytes);
}

TEST_F(PhaseCostTest, SharedStepsReadNoWeights) {
  EXPECT_EQ(costs_.Decode(10, 4, 1, 2).flops, costs_.Decode(10, 4, 1).flops);
  EXPECT_EQ(costs_.Decode(10, 4, 1).bytes - costs_.Decode(10, 4, 1, 2).bytes, 2 * kLanguageBytes);
  EXPECT_EQ(costs_.Decode(10, 4, 1, 9).bytes, costs_.Decode(10, 4, 1).bytes - 3 * kLanguageBytes);
}

TEST_F(PhaseCostTest, DecodeCountsTheTokensAfterTheFirst) {
  EXPECT_EQ(costs_.Decode(10, 1, 1).flops, 0);
  EXPECT_EQ(costs_.Decode(10, 3, 1).flops, 2 * (kTokenFlops + kHeadFlops) + (11 + 12) * kPairFlops);
  EXPECT_EQ(costs_.Decode(10, 3, 1).bytes, 2 * kLanguageBytes + (11 + 12) * kKvBytes);
}

TEST_F(PhaseCostTest, Int8ChangesTheBytesOfTheLanguageModelOnly) {
  const PhaseCosts int8(TinyModel().config, 2, WeightFormat::kInt8);
  EXPECT_EQ(int8.Prefill(10, 1).bytes, kInt8Bytes);
  EXPECT_EQ(int8.Decode(10, 3, 1).bytes, 2 * kInt8Bytes + (11 + 12) * kKvBytes);
  EXPECT_EQ(int8.Decode(10, 3, 1).flops, costs_.Decode(10, 3, 1).flops);
  EXPECT_EQ(int8.Vision(5).bytes, costs_.Vision(5).bytes);
  EXPECT_EQ(int8.Projector(5).bytes, costs_.Projector(5).bytes);
}

TEST_F(PhaseCostTest, BeamsShareTheWeightsButNotTheCache) {
  EXPECT_EQ(costs_.Decode(10, 3, 5).flops, 5 * costs_.Decode(10, 3, 1).flops);
  EXPECT_EQ(costs_.Decode(10, 3, 5).bytes, 2 * kLanguageBytes + 5 * 23 * kKvBytes);
}

}  // namespace
}  // namespace tessera
