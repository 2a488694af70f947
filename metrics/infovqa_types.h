// InfographicVQA's break-down of ANLS by types of answer, evidence and operation.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/score.h"

namespace tessera::metrics {

struct QuestionType {
  std::string_view group;  // "answer", "evidence", "operation"
  std::string_view key;    // as the ground truth file spells it
  std::string_view name;   // as the scorer prints it
};

/// All types in the order of the scorer's output. Kept quirk: the key "photo/pciture/visual_objects".
std::span<const QuestionType> QuestionTypes();

/// The printed names of the types `keys` of `group`, with '|' between, as a tag holds them.
/// Throws std::invalid_argument for a key that the scorer does not know.
std::string QuestionTypeTag(std::string_view group, std::span<const std::string> keys);

/// One mean per type, called "group: name"; a sample counts once for each type that its tag named `group` lists. In
/// percent; a type without samples has no value. Source: InternVL eval/vqa/infographicsvqa_eval.py, evaluate_method.
std::vector<Score> MeansByQuestionType(std::span<const SampleScore> scores);

}  // namespace tessera::metrics
