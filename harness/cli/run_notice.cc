#include "harness/cli/run_notice.h"

#include "harness/cli/command_line.h"
#include "harness/cli/work_text.h"
#include "harness/estimate/this_machine.h"

namespace tessera {
namespace {

constexpr double kWorthMeasuringFlops = 2e13;  // some minutes of a processor without matrix units

}  // namespace

void PrintRunNotice(const Plan& plan, std::span<const PictureGroup> groups, const RunSettings& settings) {
  const BackendSettings& backend = settings.backend;
  if (backend.checkpoint.empty()) return;
  const PlannedModel model = LoadPlannedModel(backend.checkpoint, backend.precision, backend.weights);
  const Work work = EstimateWork(plan, groups, &model, {}, settings.threads).total;
  std::optional<DeviceSpeed> speed;
  if (work.vision.flops + work.prefill.flops + work.decode.flops > kWorthMeasuringFlops) {
    speed = MeasureThisMachine(model, work, backend.device, backend.threads);
  }
  PrintNotice(WorkNotice(work, speed));
}

}  // namespace tessera
