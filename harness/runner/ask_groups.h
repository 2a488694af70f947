// Puts the questions of picture groups to the backend.
#pragma once

#include <functional>
#include <span>

#include "harness/journal/sample_record.h"
#include "harness/runner/load_pictures.h"
#include "harness/runner/plan.h"
#include "model/api/backend.h"

namespace tessera {

/// A group, and its pictures as the backend wants them.
struct LoadedGroup {
  const PictureGroup* group = nullptr;
  LoadedPictures pictures;
};

/// Takes the record of one sample of the `group`-th group: its answers, or why there are none. May change the record.
using TakeRecord = std::function<void(std::size_t group, SampleRecord& record)>;

/// Calls `take` once for each sample of `groups`, on this thread, as soon as its last turn is answered. The first turns
/// of all samples are one batch, then their second turns, and so on. Throws what Backend::Generate and `take` throw,
/// and kEnvironment when the backend does not deliver one outcome per query.
void AskGroups(const Plan& plan, std::span<const LoadedGroup> groups, Backend* backend, const TakeRecord& take);

}  // namespace tessera
