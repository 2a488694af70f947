// Synthetic samples with answers, as a benchmark's scoring sees them in a run folder.
#pragma once

#include <string_view>
#include <vector>

#include "datasets/sample.h"
#include "metrics/score.h"

namespace tessera {

struct StoredSample {
  Sample sample;
  Reply reply;
};

/// `count` questions of the benchmark called `name`, with the tags, groups and reference forms that its default scoring
/// reads, answers of realistic length of which some are wrong, and the judge's replies where that scoring needs them.
/// The same arguments give the same samples. Throws kUsage for a name that it has no samples for.
std::vector<StoredSample> MakeStoredSamples(std::string_view name, int count);

}  // namespace tessera
