// MMT-Bench's accuracy table over subtasks (tag `category`) and meta-tasks (tag `l2-category`).
// Source: MMT-Bench's VLMEvalKit fork and VLMEvalKit vlmeval/dataset/utils/multiple_choice.py, report_acc_MMT.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/circular.h"
#include "metrics/score.h"

namespace tessera::metrics {

enum class MetaTaskMean {
  kOfQuestions,  ///< the authors' release of 2024-04
  kOfSubtasks,   ///< VLMEvalKit 2026-08: of its subtasks' means; no value where a subtask has none
};

inline constexpr int kMmtMetaTasks = 32;

/// "VR" for "visual_recognition" and so on; other names stay.
std::string MmtAbbreviation(std::string_view meta_task);

/// One row per split, sorted ("none" when there is no tag `split`), then one called "ALL": mean value overall, per
/// meta-task (abbreviated), per subtask, as fractions. Quirk of kOfSubtasks: a subtask's mean is over all questions of
/// that name, those of another meta-task too. Empty when there are no scores.
std::vector<SplitAccuracy> MmtTable(std::span<const SampleScore> scores, MetaTaskMean mean);

/// Unweighted mean of the subtasks' means, as a fraction; it is over the subtasks that have scored questions.
Score MmtMeanOfSubtasks(std::string name, std::span<const SampleScore> scores);

}  // namespace tessera::metrics
