#include "harness/runner/call_size.h"

namespace tessera {

std::set<PictureUse> UsesOf(const Plan& plan, const PictureGroup& group) {
  std::set<PictureUse> uses;
  for (const std::size_t i : group.samples) {
    const PlannedSample& planned = plan.samples[i];
    uses.insert(planned.pictures.begin(), planned.pictures.end());
  }
  return uses;
}

void CallSize::Add(const Plan& plan, const PictureGroup& group) {
  questions_ += static_cast<std::int64_t>(group.samples.size());
  for (const PictureUse& use : UsesOf(plan, group)) tiles_ += use.max_tiles > 1 ? use.max_tiles + 1 : 1;
}

}  // namespace tessera
