#include "model/config/layer_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "harness/base/error.h"
#include "model/config/model_cost.h"
#include "tests/model/config/published_models.h"
#include "tests/model/tiny_synthetic.h"

namespace tessera {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kGib = std::int64_t{1} << 30;
constexpr int kBf16 = 2;

std::vector<DeviceMemory> Devices(const std::vector<std::int64_t>& free_bytes) {
  std::vector<DeviceMemory> devices;
  for (std::size_t i = 0; i < free_bytes.size(); ++i) {
    devices.push_back({"cuda:" + std::to_string(i), free_bytes[i]});
  }
  return devices;
}

/// What ShareLayers throws; fails the test when it throws nothing.
Error ErrorOf(const SplitCost& cost, const std::vector<std::int64_t>& free_bytes) {
  try {
    ShareLayers(cost, Devices(free_bytes));
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no Error was thrown";
  return UsageError("");
}

/// The least memory that is left on a device.
std::int64_t LeastLeft(const SplitCost& cost, const std::vector<std::int64_t>& free_bytes,
                       const std::vector<int>& layers) {
  std::vector<std::int64_t> left;
  for (std::size_t i = 0; i < free_bytes.size(); ++i) {
    left.push_back(free_bytes[i] - cost.each_bytes - layers[i] * cost.layer_bytes);
  }
  left.front() -= cost.first_bytes;
  left.back() -= cost.last_bytes;
  return *std::min_element(left.begin(), left.end());
}

/// The most that any sharing-out over three devices leaves on its fullest.
std::int64_t BestOfThree(const SplitCost& cost, const std::vector<std::int64_t>& free_bytes) {
  std::int64_t best = std::numeric_limits<std::int64_t>::min();
  for (int first = 1; first <= cost.layers - 2; ++first) {
    for (int second = 1; first + second < cost.layers; ++second) {
      best = std::max(best, LeastLeft(cost, free_bytes, {first, second, cost.layers - first - second}));
    }
  }
  return best;
}

TEST(ShareLayers, OneDeviceHoldsAll) {
  EXPECT_THAT(ShareLayers({.layers = 7, .layer_bytes = 10}, Devices({70})), ElementsAre(7));
}

TEST(ShareLayers, EqualDevicesHoldEqualShares) {
  EXPECT_THAT(ShareLayers({.layers = 8, .layer_bytes = 10}, Devices({100, 100, 100, 100})), ElementsAre(2, 2, 2, 2));
}

TEST(ShareLayers, WhatElseLiesOnTheFirstAndTheLastTakesTheRoomOfLayers) {
  const SplitCost cost{.layers = 12, .layer_bytes = 10, .first_bytes = 40, .last_bytes = 20, .each_bytes = 5};
  EXPECT_THAT(ShareLayers(cost, Devices({100, 100, 100})), ElementsAre(2, 6, 4));
}

TEST(ShareLayers, ADeviceWithMoreFreeMemoryHoldsMoreLayers) {
  EXPECT_THAT(ShareLayers({.layers = 10, .layer_bytes = 10}, Devices({30, 90})), ElementsAre(2, 8));
}

TEST(ShareLayers, EachDeviceHoldsALayer) {
  EXPECT_THAT(ShareLayers({.layers = 3, .layer_bytes = 10}, Devices({11, 1000, 12})), ElementsAre(1, 1, 1));
}

TEST(ShareLayers, NoOtherSharingOutLeavesMoreOnTheFullestDevice) {
  std::mt19937 random(5);
  const auto up_to = [&](unsigned most) { return static_cast<std::int64_t>(random() % most); };
  int fitting = 0;
  for (int round = 0; round < 2000; ++round) {
    const SplitCost cost{.layers = 3 + static_cast<int>(up_to(20)),
                         .layer_bytes = 1 + up_to(97),
                         .first_bytes = up_to(301),
                         .last_bytes = up_to(53),
                         .each_bytes = up_to(31)};
    const std::vector<std::int64_t> free_bytes = {up_to(1009), up_to(1009), up_to(1009)};
    const std::int64_t best = BestOfThree(cost, free_bytes);
    if (best < 0) {
      EXPECT_EQ(ErrorOf(cost, free_bytes).kind(), ErrorKind::kEnvironment) << round;
      continue;
    }
    ++fitting;
    const std::vector<int> layers = ShareLayers(cost, Devices(free_bytes));
    EXPECT_EQ(std::accumulate(layers.begin(), layers.end(), 0), cost.layers) << round;
    EXPECT_GE(*std::min_element(layers.begin(), layers.end()), 1) << round;
    EXPECT_EQ(LeastLeft(cost, free_bytes, layers), best) << round;
  }
  EXPECT_GT(fitting, 200);
  EXPECT_LT(fitting, 1800);
}

TEST(ShareLayers, TheLastByteCounts) {
  const SplitCost cost{.layers = 5, .layer_bytes = 7, .first_bytes = 3, .last_bytes = 2, .each_bytes = 1};
  EXPECT_THAT(ShareLayers(cost, Devices({18, 24})), ElementsAre(2, 3));
  EXPECT_EQ(ErrorOf(cost, {17, 24}).kind(), ErrorKind::kEnvironment);
  EXPECT_EQ(ErrorOf(cost, {18, 23}).kind(), ErrorKind::kEnvironment);
}

TEST(ShareLayers, TooLittleMemoryIsSaidWithTheSizes) {
  const SplitCost cost{
      .layers = 48, .layer_bytes = kGib, .first_bytes = 13 * kGib, .last_bytes = 3 * kGib / 2, .each_bytes = 2 * kGib};
  const Error error = ErrorOf(cost, {24 * kGib, 16 * kGib});
  EXPECT_EQ(error.kind(), ErrorKind::kEnvironment);
  EXPECT_THAT(error.what(), HasSubstr("1.00 GiB for each of 48 decoder layers"));
  EXPECT_THAT(error.what(), HasSubstr("13.00 GiB for the vision tower"));
  EXPECT_THAT(error.what(), HasSubstr("1.50 GiB for the output head"));
  EXPECT_THAT(error.what(), HasSubstr("2.00 GiB for activations"));
  EXPECT_THAT(error.what(), HasSubstr("free: 24.00 GiB on cuda:0, 16.00 GiB on cuda:1"));
}

TEST(ShareLayers, FewerLayersThanDevicesIsWrongUsage) {
  const Error error = ErrorOf({.layers = 2, .layer_bytes = 1}, {100, 100, 100});
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("2 decoder layers, too few to split over 3 devices"));
}

TEST(CountSplitCost, HoldsEachWeightOnceAndTheKeysAndValues) {
  for (const PublishedModel& model : PublishedModels()) {
    SCOPED_TRACE(model.name);
    const SplitCost cost = CountSplitCost(model.config, kBf16);
    const std::int64_t all = cost.first_bytes + cost.layers * cost.layer_bytes + cost.last_bytes;
    const std::int64_t expected = EstimateMemory(model.config, {}, kBf16).weights + 2 * kKeyValueBytes;
    EXPECT_LE(all, expected);
    EXPECT_GT(all, expected - cost.layers) << "at most the bytes that no layer has a whole one of";
  }
}

TEST(CountSplitCost, WeightsAreOfTheTypeOfTheArithmetic) {
  ModelConfig config = InternVlChat26b();
  EXPECT_EQ(CountSplitCost(config, 4).first_bytes, 2 * CountSplitCost(config, kBf16).first_bytes);
  EXPECT_EQ(CountSplitCost(config, 4).last_bytes, 2 * CountSplitCost(config, kBf16).last_bytes);
}

TEST(CountSplitCost, ASmallModelHasNoMoreKeysAndValuesThanItsContext) {
  ModelConfig config = TinySynthetic();
  config.language.max_position_embeddings = 128;
  const std::int64_t layer = CountSplitCost(config, kBf16).layer_bytes;
  config.language.max_position_embeddings = 256;
  const std::int64_t key_and_value = 2 * config.language.num_key_value_heads * HeadDim(config.language) * kBf16;
  EXPECT_EQ(CountSplitCost(config, kBf16).layer_bytes - layer, 2 * kQuestionsAtOnce * 128 * key_and_value);
}

TEST(CountSplitCost, The26bModelNeedsTwoDevicesOf40GiB) {
  const SplitCost cost = CountSplitCost(InternVlChat26b(), kBf16);
  EXPECT_EQ(ErrorOf(cost, {40 * kGib}).kind(), ErrorKind::kEnvironment);
  const std::vector<int> layers = ShareLayers(cost, Devices({40 * kGib, 40 * kGib}));
  EXPECT_LT(layers[0], layers[1]) << "the vision tower is on the first";
}

}  // namespace
}  // namespace tessera
