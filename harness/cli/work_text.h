// What `plan` prints, and the notice before a run.
#pragma once

#include <optional>
#include <string>

#include "harness/estimate/device.h"
#include "harness/estimate/planned_model.h"
#include "harness/estimate/work.h"
#include "harness/runner/plan.h"

namespace tessera {

struct WorkReport {
  const Plan* plan = nullptr;
  const PlannedModel* model = nullptr;  // nullptr: not known
  RunWork work;
  std::optional<DeviceSpeed> speed;  // absent: there is no estimate of the time
};

/// A table with a row per benchmark, then the parts of the whole.
std::string WorkText(const WorkReport& report);

/// The same as JSON; every key carries its unit.
std::string WorkJson(const WorkReport& report);

/// One line for standard error: samples, pictures, tiles, tokens, and the time where it is known.
std::string WorkNotice(const Work& work, const std::optional<DeviceSpeed>& speed);

}  // namespace tessera
