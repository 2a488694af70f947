// How fast this machine is, where the build can measure it.
#pragma once

#include <optional>
#include <string>

#include "harness/estimate/device.h"

namespace tessera {

/// Measures about two seconds what matrix products of `precision` ("float32", "bfloat16", "float16") reach on `device`
/// ("cpu", "cuda", "cuda:1") with `threads` threads (0: all cores). nullopt in a build without the native model. Throws
/// kEnvironment for a device that is not there.
std::optional<DeviceSpeed> MeasureThisMachine(const std::string& precision, const std::string& device, int threads);

}  // namespace tessera
