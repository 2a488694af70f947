#include "harness/estimate/this_machine.h"

#include <fmt/format.h>

#ifdef TESSERA_HAS_NATIVE
#include "model/generate/machine_speed.h"
#endif

namespace tessera {

#ifdef TESSERA_HAS_NATIVE
std::optional<DeviceSpeed> MeasureThisMachine(const std::string& precision, const std::string& device, int threads) {
  const MachineSpeed speed = MeasureMachineSpeed(precision, device, threads);
  return DeviceSpeed{.title = fmt::format("this machine ({}, {})", device, precision),
                     .flops_per_s = speed.flops_per_s,
                     .bytes_per_s = speed.bytes_per_s,
                     .source = "measured just now"};
}
#else
std::optional<DeviceSpeed> MeasureThisMachine(const std::string&, const std::string&, int) { return std::nullopt; }
#endif

}  // namespace tessera
