// MMMU's subjects, and the table that its scorer prints.
// Source: MMMU mmmu/utils/data_utils.py and main_eval_only.py; protocol/mmmu.md section 5.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "metrics/score.h"

namespace tessera::metrics {

struct MmmuDomain {
  std::string_view name;      // as the scorer prints it
  std::string_view tsv_name;  // as VLMEvalKit's files spell it
  std::span<const std::string_view> subjects;
};

/// The six domains in the order of the printed table.
std::span<const MmmuDomain> MmmuDomains();

/// The 30 subjects in the order in which they are evaluated.
std::span<const std::string_view> MmmuSubjects();

/// The domain of `subject`; nullptr for another word.
const MmmuDomain* MmmuDomainOf(std::string_view subject);

/// The subject in an id such as "validation_Art_Theory_3": what stands between its first and its last underscore. Empty
/// without two of them.
std::string_view MmmuSubjectOfId(std::string_view id);

/// The accuracies of `scores` by tag `category` (the subject), as fractions: per domain "Overall-<domain>" and its
/// subjects, then "Overall". Every domain is there, subjects only with samples. A mean over subjects is weighted by
/// their sizes; the order of the additions is the reference's, which rounds to three digits afterwards.
std::vector<Score> MmmuTable(std::span<const SampleScore> scores);

}  // namespace tessera::metrics
