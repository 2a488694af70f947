#include "model/generate/devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/error.h"
#include "tests/model/tiny_synthetic.h"

namespace tessera {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What ChooseDevices throws; fails the test when it throws nothing.
Error ErrorOf(std::string_view names) {
  try {
    ChooseDevices(names);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << names << ": no Error was thrown";
  return UsageError("");
}

TEST(ChooseDevices, TheCpuIsOneDevice) { EXPECT_THAT(ChooseDevices("cpu"), ElementsAre(at::Device(at::kCPU))); }

TEST(ChooseDevices, AnUnknownNameIsWrongUsageInASplitToo) {
  for (const char* names : {"", "toaster", "cuda:", "cuda:x", "cuda:-1", "cuda:100", "cuda0", "cuda:0+", "+cuda:0",
                            "cuda:0+toaster", "cuda:0++cuda:1", "cuda:0 + cuda:1", "cuda:0,cuda:1"}) {
    const Error error = ErrorOf(names);
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << names;
    EXPECT_THAT(error.what(), HasSubstr("expected cpu, cuda or cuda:N")) << names;
  }
}

TEST(ChooseDevices, TheCpuTakesNoPartInASplit) {
  for (const char* names : {"cpu+cuda:0", "cuda:0+cpu"}) {
    const Error error = ErrorOf(names);
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << names;
    EXPECT_THAT(error.what(), HasSubstr("not the CPU")) << names;
  }
}

TEST(ChooseDevices, ADeviceTwiceInASplitIsWrongUsage) {
  for (const char* names : {"cuda:1+cuda:1", "cuda:0+cuda:1+cuda", "cuda:01+cuda:1"}) {
    const Error error = ErrorOf(names);
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << names;
    EXPECT_THAT(error.what(), HasSubstr("twice")) << names;
  }
}

TEST(ChooseDevices, ADeviceThatIsNotThereIsTheMachinesFault) {
  const Error error = ErrorOf("cuda:98+cuda:99");
  EXPECT_EQ(error.kind(), ErrorKind::kEnvironment);
  EXPECT_THAT(error.what(), HasSubstr("cuda:98+cuda:99"));
}

TEST(PlaceLayers, OneDeviceHoldsAllLayersWhateverIsFree) {
  EXPECT_THAT(PlaceLayers(TinySynthetic(), at::kFloat, {at::kCPU}),
              ElementsAre(at::Device(at::kCPU), at::Device(at::kCPU)));
}

TEST(DeviceNames, EachDeviceOnceInTheOrderOfTheLayers) {
  const at::Device first(at::kCUDA, 1), second(at::kCUDA, 0);
  EXPECT_EQ(DeviceNames({first, first, second}), "cuda:1+cuda:0");
  EXPECT_EQ(DeviceNames({at::kCPU, at::kCPU}), "cpu");
}

}  // namespace
}  // namespace tessera
