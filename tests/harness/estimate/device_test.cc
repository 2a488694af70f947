#include "harness/estimate/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

std::string UsageErrorOf(const std::string& device) {
  return ErrorOf(ErrorKind::kUsage, [&] { ParseDevice(device, 0.5); });
}

TEST(Device, EveryDeviceOfTheTableIsFoundByItsNameAndHasASource) {
  for (const Device& device : Devices()) {
    const DeviceSpeed speed = ParseDevice(std::string(device.name), 0.5);
    EXPECT_EQ(speed.flops_per_s, device.flops_per_s);
    EXPECT_EQ(speed.memory_bytes, device.memory_bytes);
    EXPECT_EQ(speed.devices, 1);
    EXPECT_FALSE(speed.source.empty());
  }
}

TEST(Device, ANumberBehindTheNameIsThatManyDevices) {
  EXPECT_EQ(ParseDevice("h100x8", 0.5).devices, 8);
  EXPECT_EQ(ParseDevice("h100x8", 0.5).flops_per_s, ParseDevice("h100", 0.5).flops_per_s);
  EXPECT_EQ(ParseDevice("rtx4090x2", 0.5).title, "2 x NVIDIA GeForce RTX 4090 24 GB");
}

TEST(Device, AnUnknownDeviceIsAUsageErrorWithTheNearestName) {
  EXPECT_THAT(UsageErrorOf("h10"), HasSubstr("unknown device \"h10\"; did you mean \"h100\"?"));
  EXPECT_THAT(UsageErrorOf("rtx4080"), HasSubstr("did you mean \"rtx4090\"?"));
  EXPECT_THAT(UsageErrorOf("a10x16"), HasSubstr("did you mean \"a100\"?"));
  EXPECT_THAT(UsageErrorOf("toaster"), HasSubstr("There are h100, h200, a100, rtx4090"));
}

TEST(Device, ACountOutOfRangeIsAUsageError) {
  for (const char* text : {"h100x0", "h100x1025", "h100x", "h100x2b", "h100x-1", ""}) {
    EXPECT_THAT(UsageErrorOf(text), HasSubstr("unknown device")) << text;
  }
}

TEST(Device, TimeIsTheLongerOfArithmeticAndMemoryForEachPhase) {
  const Work work{.vision = {.flops = 400, .bytes = 10},
                  .projector = {.flops = 100, .bytes = 10},
                  .prefill = {.flops = 200, .bytes = 10},
                  .decode = {.flops = 20, .bytes = 60},
                  .decode_limit = {.flops = 20, .bytes = 80}};
  const TimeEstimate time =
      EstimateTime(work, {.flops_per_s = 100, .bytes_per_s = 10, .devices = 2, .efficiency = 0.25});
  EXPECT_EQ(time.vision_s, 8 + 2);  // 500 / 100, at a quarter of the rate of two devices
  EXPECT_EQ(time.prefill_s, 4);
  EXPECT_EQ(time.decode_s, 12);  // 60 / 10
  EXPECT_EQ(time.Total(), 26);
  EXPECT_EQ(time.Limit(), 30);
}

TEST(Device, PhasesMayHaveRatesOfTheirOwn) {
  const Work work{
      .vision = {.flops = 400}, .projector = {.flops = 100}, .prefill = {.flops = 200}, .decode = {.flops = 60}};
  DeviceSpeed speed{.flops_per_s = 100, .bytes_per_s = 10};
  speed.vision_flops_per_s = 50;
  speed.decode_flops_per_s = 20;
  const TimeEstimate time = EstimateTime(work, speed);
  EXPECT_EQ(time.vision_s, 10);
  EXPECT_EQ(time.prefill_s, 2);
  EXPECT_EQ(time.decode_s, 3);
}

}  // namespace
}  // namespace tessera
