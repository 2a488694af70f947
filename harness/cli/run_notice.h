// What is said before a run.
#pragma once

#include <span>

#include "harness/runner/run.h"

namespace tessera {

/// Prints to standard error what `groups` of `plan` will ask of the checkpoint, and how long that takes where the work
/// is large enough that two seconds of measuring do not matter. Says nothing when no checkpoint answers.
void PrintRunNotice(const Plan& plan, std::span<const PictureGroup> groups, const RunSettings& settings);

}  // namespace tessera
