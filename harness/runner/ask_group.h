// Puts the questions of one picture group to the backend.
#pragma once

#include "harness/journal/sample_record.h"
#include "harness/runner/load_pictures.h"
#include "harness/runner/plan.h"
#include "model/api/backend.h"

namespace tessera {

/// One record per sample of `group`, in order: its answers, or why there is none. The first turns of all samples are
/// one batch, then their second turns, and so on. Throws what Backend::Generate throws, and kEnvironment when it does
/// not give one outcome per query.
std::vector<SampleRecord> AskGroup(const Plan& plan, const PictureGroup& group, const LoadedPictures& pictures,
                                   Backend* backend);

}  // namespace tessera
