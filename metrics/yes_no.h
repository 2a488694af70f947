// What does an answer to a yes/no question say?
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "metrics/vqa_text.h"

namespace tessera::metrics {

enum class YesNo { kYes, kNo, kOther };

/// An answer as InternVL's MME script writes it to the result file: newlines deleted; 不是 and 否 to "No", 是 to "Yes";
/// lower-cased; "true" to "yes", "false" to "no"; all of U+4E00-9FA5 deleted. Source: InternVL eval/mme/eval.py,
/// post_processing.
std::string MmePostProcess(std::string_view answer);

/// A field of the result file: "yes" or "no", else what is in the first 4 characters of the lower-cased text, "yes"
/// first. Quirks kept: "know" and "nope" are no, "Answer: yes" is other. Source: MME calculation.py, parse_pred_ans.
YesNo ParseMmeField(std::string_view field);

/// VLMEvalKit's reading: lower-cased, RemoveVqaPunctuation, then the word "yes" without
/// "no", or "no" without "yes". Source: VLMEvalKit vlmeval/evaluate/yes_or_no.py, YOrN_Extraction.
YesNo ExtractYesNo(std::string_view answer, PeriodRule rule);

inline constexpr int kMaxYesNoJudgements = 5;

/// The first of the judge's first five `replies` that ExtractYesNo can read; kOther when there is none. Source:
/// VLMEvalKit vlmeval/evaluate/yes_or_no.py, YOrN_auxeval.
YesNo YesNoOfJudge(std::span<const std::string> replies, PeriodRule rule);

}  // namespace tessera::metrics
