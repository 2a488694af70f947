// Circular evaluation: a question with k options is asked k times with rotated options and counts only when all are
// right. Source: VLMEvalKit vlmeval/evaluate/multiple_choice.py, multiple_choice_eval and report_acc;
// protocol/common_text_and_judge.md section 4.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "metrics/score.h"

namespace tessera::metrics {

/// One SampleScore per group of `rows`, in ascending index. A row's `sample_id` is its index (a decimal number), its
/// `group` the index of the group's main row; `value` is 1 or 0, with `undecided` set when the rules could not read the
/// answer.
///
/// The rows are scanned in ascending index. The first decided and wrong one makes the group 0. A row without a value
/// (no answer) that comes before makes the group unscored. Otherwise an undecided row makes the group 0 and undecided,
/// as the reference does without a judge; else the group is 1. With a judge, give rows that it has decided: the hits
/// are the same.
///
/// A group takes the tags of its main row; groups without one are left out, as in the reference.
/// Throws std::invalid_argument when an index is not a decimal number.
std::vector<SampleScore> CircularGroups(std::span<const SampleScore> rows);

/// The accuracy table of one split.
struct SplitAccuracy {
  std::string split;
  std::vector<Score> columns;  // "Overall", then l2-categories (CP, FP-S ...), then categories; each kind sorted
};

/// Mean value of `groups` per split (tag `split`, "none" when absent), overall, per tag `l2-category` (abbreviated as
/// the reference does) and per tag `category`, as fractions. Every split has all columns of the table; one without
/// scored groups has no value. Splits are sorted. Source: report_acc.
std::vector<SplitAccuracy> AccuracyTable(std::span<const SampleScore> groups);

}  // namespace tessera::metrics
