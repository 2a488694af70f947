// The punctuation step of the VQA answer normaliser, which the yes/no readers of VLMEvalKit use too.
#pragma once

#include <string>
#include <string_view>

namespace tessera::metrics {

enum class PeriodRule {
  kBeforeNoDigit,  ///< InternVL, VLMEvalKit 2024-04: a period that no digit follows is deleted
  kBesideNoDigit,  ///< VLMEvalKit 2026-08: one with no digit on either side
};

/// `text` without the 21 punctuation marks of the VQA normaliser. A mark that touches a blank anywhere in `text` is
/// deleted wherever it stands, any other becomes a blank; a comma between two digits makes all marks be deleted. Then
/// periods go as `rule` says. Quirk kept: only the first 32 of these, since a flag of the reference lands in the count
/// of re.sub. Source: InternVL eval/vqa/textvqa_eval.py, EvalAIAnswerProcessor.process_punctuation; VLMEvalKit
/// vlmeval/evaluate/vqa_eval.py and yes_or_no.py, process_punctuation.
std::string RemoveVqaPunctuation(std::string_view text, PeriodRule rule);

}  // namespace tessera::metrics
