// The sheets that MMBench's server scores.
// Source: InternVL eval/mmbench/evaluate_mmbench.py, April 2024; protocol/mmbench.md and ccbench.md section 4.
#pragma once

#include <span>
#include <string>

#include "benchmarks/submission.h"

namespace tessera {

/// An .xlsx file for MMBench-EN and MMBench-CN: a row per answer, in the order of the indices, with the columns of the
/// TSV file except hint, category, source, image, comment and l2-category. `prediction`, the answer as PostProcess
/// reads it, is the seventh column, after D. The columns are index, question, A to D and further letters in use, answer
/// where a row has one, then the others by name. An answer without a text gives an empty cell (the script stops there).
/// Throws kInput for an id that is not a whole number, or is there twice.
std::string MmBenchSubmission(std::span<const SubmissionAnswer> answers);

/// The same for CCBench: only category and image are left out, and `prediction` is the ninth column, or the last where
/// there are fewer (the script stops there).
std::string CcBenchSubmission(std::span<const SubmissionAnswer> answers);

}  // namespace tessera
