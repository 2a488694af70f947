// What does an answer to a yes/no question say?
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tessera::metrics {

enum class YesNo { kYes, kNo, kOther };

/// An answer as InternVL's MME script writes it to the result file: newlines deleted; 不是 and 否 to "No", 是 to "Yes";
/// lower-cased; "true" to "yes", "false" to "no"; all of U+4E00-9FA5 deleted. Source: InternVL eval/mme/eval.py,
/// post_processing.
std::string MmePostProcess(std::string_view answer);

/// A field of the result file: "yes" or "no", else what is in the first 4 characters of the lower-cased text, "yes"
/// first. Quirks kept: "know" and "nope" are no, "Answer: yes" is other. Source: MME calculation.py, parse_pred_ans.
YesNo ParseMmeField(std::string_view field);

enum class PeriodRule {
  kBeforeNoDigit,  ///< VLMEvalKit 2024-04: a period that no digit follows is deleted
  kBesideNoDigit,  ///< VLMEvalKit 2026-08: one with no digit on either side
};

/// `text` without punctuation: each of ; / [ ] " { } ( ) = + \ _ - > < @ ` , ? ! is deleted when it stands beside a
/// blank anywhere or when a comma stands between digits anywhere, else it becomes a blank; then up to 32 periods that
/// `rule` names are deleted. Source: VLMEvalKit vlmeval/evaluate/vqa_eval.py, process_punctuation.
std::string StripPunctuation(std::string_view text, PeriodRule rule);

/// VLMEvalKit's reading: lower-cased, StripPunctuation, then the word "yes" without "no", or "no" without "yes".
/// Source: VLMEvalKit vlmeval/evaluate/yes_or_no.py, YOrN_Extraction.
YesNo ExtractYesNo(std::string_view answer, PeriodRule rule);

inline constexpr int kMaxYesNoJudgements = 5;

/// The first of the judge's first five `replies` that ExtractYesNo can read; kOther when there is none. Source:
/// VLMEvalKit vlmeval/evaluate/yes_or_no.py, YOrN_auxeval.
YesNo YesNoOfJudge(std::span<const std::string> replies, PeriodRule rule);

}  // namespace tessera::metrics
