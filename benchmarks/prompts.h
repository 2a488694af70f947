// Prompt wording that several benchmarks share, byte for byte.
// Source: protocol/common_ocr_and_general.md section 2, protocol/mmbench.md section 2.
#pragma once

#include <string>
#include <string_view>

#include "datasets/sample.h"

namespace tessera {

/// What InternVL 1.5's conversation template of April 2024 says first.
inline constexpr std::string_view kAprilSystemMessage = "You are an AI assistant whose name is InternLM (书生·浦语).";

/// The last sentence of free-form questions with a short answer.
inline constexpr std::string_view kShortAnswer = "Answer the question using a single word or phrase.";

/// The question, a space, kShortAnswer: how InternVL's scripts ask free-form questions. Nothing is stripped.
std::string ShortAnswerPrompt(const Sample& sample, std::string_view question);

/// The same with a newline for the space, as VLMEvalKit asks them.
std::string ShortAnswerLinePrompt(const Sample& sample, std::string_view question);

/// The last line of multiple-choice questions.
inline constexpr std::string_view kLetterOnly = "Answer with the option's letter from the given choices directly.";
inline constexpr std::string_view kLetterOnlyChinese = "请直接回答选项字母。";

/// The hint and a newline when the sample has a tag `hint`, the question, then "\nA. text" for each choice up to
/// `last_letter`. Nothing is stripped.
std::string QuestionWithChoices(const Sample& sample, std::string_view question, std::string_view last_letter = "Z");

/// VLMEvalKit's multiple-choice prompt for InternVL: QuestionWithChoices, then a line that asks for the letter, or for
/// a direct answer when there are no choices; in Chinese when the text so far holds a character in U+4E00-9FFF. Source:
/// VLMEvalKit vlmeval/vlm/internvl_chat.py, build_multi_choice_prompt.
std::string VlmEvalKitChoicePrompt(const Sample& sample, std::string_view question);

}  // namespace tessera
