#include "harness/estimate/this_machine.h"

#include <fmt/format.h>

#include <algorithm>

#ifdef TESSERA_HAS_NATIVE
#include "model/generate/machine_speed.h"
#endif

namespace tessera {

#ifdef TESSERA_HAS_NATIVE
std::optional<DeviceSpeed> MeasureThisMachine(const PlannedModel& model, const Work& work, const std::string& device,
                                              int threads) {
  const std::int64_t asked = std::max<std::int64_t>(1, work.samples - work.failed);
  const auto prompt_tokens = static_cast<int>(std::min<std::int64_t>(work.prompt_tokens / asked, 1 << 20));
  const MachineSpeed speed =
      MeasureMachineSpeed(model.config, model.precision, model.weights, device, threads, prompt_tokens);
  const std::string_view int8 = model.weights == WeightFormat::kInt8 ? ", weights in int8" : "";
  return DeviceSpeed{.title = fmt::format("this machine ({}, {}{})", device, model.precision, int8),
                     .flops_per_s = speed.prefill_flops_per_s,
                     .bytes_per_s = speed.decode_bytes_per_s,
                     .vision_flops_per_s = speed.vision_flops_per_s,
                     .decode_flops_per_s = speed.decode_flops_per_s,
                     .source = "the model's layers, measured just now"};
}
#else
std::optional<DeviceSpeed> MeasureThisMachine(const PlannedModel&, const Work&, const std::string&, int) {
  return std::nullopt;
}
#endif

}  // namespace tessera
