// MMMU's own reading of an answer to a multiple-choice question.
// Source: MMMU mmmu/utils/eval_utils.py; protocol/mmmu.md section 4.2.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "metrics/option_match.h"

namespace tessera::metrics {

/// The letter that `answer` names: the one that stands as "(X)"; else as a word between blanks; else, in answers of
/// more than 5 words, the option whose text occurs (case ignored). Of several, the one whose last occurrence is latest.
/// nullopt when there is none: the reference then draws an option at random. Quirks kept: only blanks separate, so that
/// "A\n" is nothing and "A, B" is B. Source: parse_multi_choice_response.
std::optional<std::string> ParseMultiChoice(std::string_view answer, std::span<const Option> options);

}  // namespace tessera::metrics
