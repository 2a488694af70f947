// Which samples of a plan an earlier start of the run has answered.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/journal/sample_record.h"
#include "harness/runner/picture_hashes.h"
#include "harness/runner/plan.h"

namespace tessera {

struct DoneSamples {
  std::set<std::string> keys;         // SampleKey of each
  std::vector<std::string> outdated;  // answers that are asked again, and why: `fake, sample "3" (test): other prompt`
};

/// The samples of `plan` with an answer among `records` to what would be asked now: with settings of the same hash, the
/// same prompt and, where the record names pictures, pictures of the same content by `hashes`, those of the plan.
DoneSamples FindDoneSamples(const Plan& plan, const std::vector<SampleRecord>& records,
                            const std::string& settings_sha256, const PictureHashes& hashes);

/// What the user is told about outdated answers; nullopt when there are none.
std::optional<std::string> OutdatedText(const std::vector<std::string>& outdated);

}  // namespace tessera
