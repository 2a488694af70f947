#include "metrics/multi_choice_parse.h"

#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

constexpr std::size_t kShortAnswerWords = 5;

std::string StripPunctuation(std::string_view text) {
  for (const char mark : {',', '.', '!', '?', ';', ':', '\''}) {
    while (text.starts_with(mark)) text.remove_prefix(1);
    while (text.ends_with(mark)) text.remove_suffix(1);
  }
  return std::string(text);
}

std::string Between(char left, std::string_view text, char right) {
  std::string result(1, left);
  result += text;
  return result += right;
}

/// The option whose mark occurs last in `text`, the first one of those that start at the same place.
template <typename MarkOf>
std::optional<std::string> LatestOption(std::string_view text, std::span<const Option> options, MarkOf mark_of) {
  std::optional<std::string> latest;
  std::size_t latest_start = 0;
  for (const Option& option : options) {
    const std::size_t start = text.rfind(mark_of(option));
    if (start == std::string_view::npos || (latest && start <= latest_start)) continue;
    latest = option.letter;
    latest_start = start;
  }
  return latest;
}

}  // namespace

std::optional<std::string> ParseMultiChoice(std::string_view answer, std::span<const Option> options) {
  const std::string text = Between(' ', StripPunctuation(answer), ' ');
  const auto in_brackets = [](const Option& option) { return Between('(', option.letter, ')'); };
  const auto as_word = [](const Option& option) { return Between(' ', option.letter, ' '); };
  if (auto letter = LatestOption(text, options, in_brackets)) return letter;
  if (auto letter = LatestOption(text, options, as_word)) return letter;
  if (SplitWhiteSpace(text).size() <= kShortAnswerWords) return std::nullopt;
  return LatestOption(Lower(text), options, [](const Option& option) { return Lower(option.text); });
}

}  // namespace tessera::metrics
