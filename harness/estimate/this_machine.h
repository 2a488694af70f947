// How fast this machine is, where the build can measure it.
#pragma once

#include <optional>
#include <string>

#include "harness/estimate/device.h"
#include "harness/estimate/planned_model.h"

namespace tessera {

/// Measures about two seconds what layers of `model` reach on `device` ("cpu", "cuda", "cuda:1") with `threads` threads
/// (0: as a run chooses), at the prompts of `work`. nullopt in a build without the native model. Throws kEnvironment for
/// a device that is not there.
std::optional<DeviceSpeed> MeasureThisMachine(const PlannedModel& model, const Work& work, const std::string& device,
                                              int threads);

}  // namespace tessera
