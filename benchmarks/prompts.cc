#include "benchmarks/prompts.h"

#include "metrics/python_text.h"

namespace tessera {

std::string ShortAnswerPrompt(const Sample&, std::string_view question) {
  return std::string(question) + " " + std::string(kShortAnswer);
}

std::string ShortAnswerLinePrompt(const Sample&, std::string_view question) {
  return std::string(question) + "\n" + std::string(kShortAnswer);
}

std::string QuestionWithChoices(const Sample& sample, std::string_view question, std::string_view last_letter) {
  std::string text;
  if (const auto hint = sample.tags.find("hint"); hint != sample.tags.end()) text = hint->second + "\n";
  text += question;
  for (const Choice& choice : sample.choices) {
    if (choice.letter <= last_letter) text += "\n" + choice.letter + ". " + choice.text;
  }
  return text;
}

std::string VlmEvalKitChoicePrompt(const Sample& sample, std::string_view question) {
  std::string text = QuestionWithChoices(sample, question);
  const bool chinese = metrics::HasChinese(text);
  text += "\n";
  if (sample.choices.empty()) {
    text += chinese ? "请直接回答问题。" : "Answer the question directly.";
  } else {
    text += chinese ? kLetterOnlyChinese : kLetterOnly;
  }
  return text;
}

}  // namespace tessera
