// Groups of a plan that ask about the same pictures under several names.
#pragma once

#include "harness/runner/picture_hashes.h"
#include "harness/runner/plan.h"

namespace tessera {

/// Joins groups whose pictures have the same bytes in the same order, wherever they lie: MMBench in English and in
/// Chinese, say, whose two files hold the same pictures. A joined group has the pictures of its first sample; the
/// others' samples follow. `hashes` are those of the plan's pictures; one that cannot be read joins nothing. A picture
/// that was encoded twice in different ways counts as two.
void JoinEqualPictures(const PictureHashes& hashes, Plan* plan);

}  // namespace tessera
