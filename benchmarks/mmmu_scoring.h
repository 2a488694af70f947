// How answers to MMMU's questions are scored.
// Source: InternVL eval/mmmu (April 2024), MMMU mmmu/utils/eval_utils.py, VLMEvalKit; protocol/mmmu.md sections 4, 5.
#pragma once

#include <vector>

#include "benchmarks/benchmark.h"

namespace tessera {

/// InternVL's (the paper's), the authors' own with its random guesses, VLMEvalKit's two.
std::vector<Scoring> MmmuScorings();

/// The sample as VLMEvalKit scores it: a question without an option A is a choice between its answer and "Other
/// Answers", and a reference that is no capital letter becomes A. Source: VLMEvalKit MMMU_preproc.
Sample WithOpenOptions(Sample sample);

}  // namespace tessera
