// HallusionBench's aggregation, and its authors' reading of their judge.
// Source: VLMEvalKit vlmeval/evaluate/yes_or_no.py, Hallusion_rating (2024-04); HallusionBench utils.py.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "metrics/score.h"

namespace tessera::metrics {

/// What the sample belongs to; samples with an empty key are left out.
using GroupKey = std::function<std::string(const SampleScore&)>;

/// Share, in percent, of groups whose samples are all right. A group with an unscored sample is unscored; one that only
/// its undecided answers keep from being right or wrong is undecided.
Score AllRightPercent(std::string name, std::span<const SampleScore> scores, const GroupKey& group_of);

/// Groups by how many of their samples are right.
struct Consistency {
  int right = 0;          // all of them
  int wrong = 0;          // none
  int mixed = 0;          // some
  int unscored = 0;       // groups with an unscored sample, which are left out
  double mean_share = 0;  // of right samples, over the groups, in [0, 1]; 0 without any
};

/// Source: HallusionBench utils.py, get_eval_fig.
Consistency GroupConsistency(std::span<const SampleScore> scores, const GroupKey& group_of);

/// What the authors' judge says about an answer.
enum class AnswerVerdict { kIncorrect, kCorrect, kUnclear };

/// "incorrect" anywhere in the lower-cased reply, else "correct" anywhere, else unclear. Quirk: "not correct" is
/// correct. Source: HallusionBench utils.py, evaluate_by_chatgpt.
AnswerVerdict ParseAnswerVerdict(std::string_view reply);

}  // namespace tessera::metrics
