#include "benchmarks/complete_prompt.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "benchmarks/prompts.h"

namespace tessera {

void SplitCompletePrompt(Sample& sample) {
  const std::string whole = sample.questions.front();
  Sample parts = sample;
  const std::size_t instruction = whole.rfind("\n" + std::string(kLetterOnly));
  std::size_t start = whole.find("\nA. ");
  if (instruction != std::string::npos && start < instruction) {
    parts.questions.front() = whole.substr(0, start);
    for (char letter = 'A'; start < instruction; ++letter) {
      const std::string next_mark = std::string("\n") + static_cast<char>(letter + 1) + ". ";
      const std::size_t end = std::min(whole.find(next_mark, start + 4), instruction);
      parts.choices.push_back({std::string(1, letter), whole.substr(start + 4, end - start - 4)});
      start = end;
    }
    if (CompletePrompt(parts, parts.questions.front()) == whole) {
      sample = std::move(parts);
      return;
    }
  }
  sample.tags["prompt"] = "complete";
}

std::string CompletePrompt(const Sample& sample, std::string_view question) {
  if (sample.choices.empty()) return std::string(question);
  return QuestionWithChoices(sample, question) + "\n" + std::string(kLetterOnly);
}

std::string ChoicePromptUnlessComplete(const Sample& sample, std::string_view question) {
  const auto tag = sample.tags.find("prompt");
  if (tag != sample.tags.end() && tag->second == "complete") return std::string(question);
  return VlmEvalKitChoicePrompt(sample, question);
}

}  // namespace tessera
