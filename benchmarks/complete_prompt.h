// Official files whose questions already hold the options and the instruction.
#pragma once

#include <string>
#include <string_view>

#include "datasets/sample.h"

namespace tessera {

/// Takes the complete prompt in `sample.questions` apart: question, choices from "\nA. text" lines, and kLetterOnly as
/// the last line. Only when CompletePrompt gives back the same bytes; a prompt of another form stays whole, and the tag
/// `prompt` is then "complete".
void SplitCompletePrompt(Sample& sample);

/// The prompt as the official file holds it, and so the question as it is when there are no choices.
std::string CompletePrompt(const Sample& sample, std::string_view question);

/// VlmEvalKitChoicePrompt, but a prompt that SplitCompletePrompt left whole stays as it is.
std::string ChoicePromptUnlessComplete(const Sample& sample, std::string_view question);

}  // namespace tessera
