// Constant tables of the VQA answer normaliser, which InternVL and VLMEvalKit share.
// Source: InternVL eval/vqa/textvqa_eval.py, EvalAIAnswerProcessor.
#pragma once

#include <span>
#include <string_view>

namespace tessera::metrics {

struct WordPair {
  std::string_view from;
  std::string_view to;
};

/// "none" to "ten", and their digits.
std::span<const WordPair> NumberWords();

std::span<const std::string_view> Articles();

/// Contractions without their apostrophe, and with it. Keys in capitals never match, since texts are lower-cased first.
std::span<const WordPair> Contractions();

/// One mark after the other, in the order in which the reference removes them.
std::string_view PunctuationMarks();

}  // namespace tessera::metrics
