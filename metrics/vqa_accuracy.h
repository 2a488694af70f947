// VQA accuracy: agreement with several human answers, the metric of TextVQA.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tessera::metrics {

enum class VqaRules {
  kInternVl,        ///< InternVL's script
  kVlmEvalKit2024,  ///< VLMEvalKit 2024-04: commas and question marks are punctuation like any other, 's stays
  kVlmEvalKit2026,  ///< VLMEvalKit 2026-08: besides, a period behind a digit stays
};

/// An answer as it is compared: RemoveVqaPunctuation, lower-cased, number words to digits, articles dropped,
/// contractions with their apostrophe, single blanks. InternVL's rules first lower-case it, delete all ',' and '?', and
/// cut off 's. Quirk kept: an answer such as "the" becomes empty. Source: InternVL eval/vqa/textvqa_eval.py,
/// EvalAIAnswerProcessor; VLMEvalKit vlmeval/evaluate/vqa_eval.py, process_answer.
std::string NormaliseVqaAnswer(std::string_view text, VqaRules rules);

/// Each of the human `references` in turn is set aside, and `answer` gets a third for each of the others that it
/// equals, up to 1; the mean of that. In [0, 1]. Texts are compared as they are: give both sides normalised. With ten
/// references, k equal ones give 0, 0.3, 0.6, 0.9, then 1. Throws std::invalid_argument when `references` is empty.
/// Source: InternVL eval/vqa/textvqa_eval.py, TextVQAAccuracyEvaluator; VLMEvalKit vlmeval/evaluate/vqa_eval.py,
/// process_line, method vqa_score.
double VqaAccuracy(std::string_view answer, std::span<const std::string> references);

}  // namespace tessera::metrics
