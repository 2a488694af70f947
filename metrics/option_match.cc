#include "metrics/option_match.h"

#include <algorithm>
#include <array>

#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

constexpr std::string_view kApiFailure = "Failed to obtain answer via API";
constexpr std::array<std::string_view, 4> kRefusals = {
    "Sorry, I can't help with images of people yet.", "I can't process this file.",
    "I'm sorry, but without the image provided", "Cannot determine the answer"};
constexpr int kJudgeCalls = 3;

bool Contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// The words of `answer` with ASCII punctuation as white space; full-width punctuation stays glued to its word.
std::vector<std::string> AnswerWords(std::string_view answer) {
  std::string text(answer);
  for (char& c : text) {
    if (Contains(".()[],:;!*#{}", {&c, 1})) c = ' ';
  }
  return SplitWhiteSpace(text);
}

/// `c` as a case-insensitive Unicode regular expression compares it with a letter of "answer is": dotted and dotless i
/// and the long s match too.
char32_t FoldForRegex(char32_t c) {
  if (c >= U'A' && c <= U'Z') return c + (U'a' - U'A');
  if (c == 0x130 || c == 0x131) return U'i';
  return c == 0x17F ? U's' : c;
}

/// The upper-cased letter at the first match of `(?i)answer\s+is\s+\**([ABCD])`.
std::optional<std::string> LetterAfterAnswerIs(std::string_view answer) {
  std::u32string text = CodePoints(answer);
  std::transform(text.begin(), text.end(), text.begin(), FoldForRegex);
  const auto skip_space = [&](std::size_t& i) {
    const std::size_t start = i;
    while (i < text.size() && IsWhiteSpace(text[i])) ++i;
    return i > start;
  };
  for (std::size_t at = text.find(U"answer"); at != std::u32string::npos; at = text.find(U"answer", at + 1)) {
    std::size_t i = at + 6;
    if (!skip_space(i) || text.compare(i, 2, U"is") != 0) continue;
    i += 2;
    if (!skip_space(i)) continue;
    while (i < text.size() && text[i] == U'*') ++i;
    if (i < text.size() && text[i] >= U'a' && text[i] <= U'd') {
      return std::string(1, static_cast<char>('A' + (text[i] - U'a')));
    }
  }
  return std::nullopt;
}

bool IsOffered(std::span<const Option> options, std::string_view letter) {
  return std::any_of(options.begin(), options.end(), [&](const Option& option) { return option.letter == letter; });
}

}  // namespace

std::optional<std::string> InferOptionFromLetter(std::string_view answer, std::span<const Option> options,
                                                 MatcherVersion version) {
  if (Contains(answer, kApiFailure)) return std::nullopt;
  if (std::any_of(kRefusals.begin(), kRefusals.end(), [&](auto refusal) { return Contains(answer, refusal); })) {
    return "Z";
  }

  const std::vector<std::string> words = AnswerWords(answer);
  const auto first_place = [&](std::string_view word) {
    return static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
  };
  const Option* found = nullptr;
  int count = 0;
  for (const Option& option : options) {
    if (first_place(option.letter) == words.size()) continue;
    found = &option;
    ++count;
  }
  if (count == 1 && (version == MatcherVersion::kApril2024 || first_place(found->letter) + 5 > words.size())) {
    return found->letter;
  }
  if (count == 0 && first_place("Z") < words.size()) return "Z";
  if (version == MatcherVersion::kApril2024) return std::nullopt;

  std::optional<std::string> letter = LetterAfterAnswerIs(answer);
  return letter && IsOffered(options, *letter) ? letter : std::nullopt;
}

std::optional<std::string> InferOptionFromText(std::string_view answer, std::span<const Option> options,
                                               MatcherVersion version) {
  const std::string text = Lower(answer);
  std::vector<std::string> option_texts;
  std::size_t options_length = 0;
  for (const Option& option : options) {
    option_texts.push_back(Lower(option.text));
    options_length += CodePointCount(option_texts.back());
  }
  if (version == MatcherVersion::kAugust2026 && CodePointCount(text) > 2 * options_length) return std::nullopt;

  const Option* found = nullptr;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (!Contains(text, option_texts[i])) continue;
    if (found != nullptr) return std::nullopt;
    found = &options[i];
  }
  if (found == nullptr) return std::nullopt;
  return found->letter;
}

std::optional<std::string> InferOption(std::string_view answer, std::span<const Option> options,
                                       MatcherVersion version) {
  if (auto letter = InferOptionFromLetter(answer, options, version)) return letter;
  return InferOptionFromText(answer, options, version);
}

std::optional<std::string> InferOptionWithoutJudge(std::string_view answer, std::span<const Option> options,
                                                   MatcherVersion version) {
  if (auto letter = InferOption(answer, options, version)) return letter;
  return version == MatcherVersion::kAugust2026 ? std::optional<std::string>("Z") : std::nullopt;
}

JudgedOption InferOptionWithJudge(std::string_view answer, std::span<const Option> options,
                                  std::span<const std::string> replies, MatcherVersion version) {
  JudgedOption judged{.option = InferOption(answer, options, version)};
  while (!judged.option && judged.calls < kJudgeCalls) {
    const auto call = static_cast<std::size_t>(judged.calls++);
    if (replies.empty()) continue;
    const std::string& reply = replies[std::min(call, replies.size() - 1)];
    if (!Contains(reply, kApiFailure)) judged.option = InferOption(reply, options, version);
  }
  if (judged.option) return judged;
  for (const Option& option : options) judged.random_pool.push_back(option.letter);
  if (!IsOffered(options, "Z")) judged.random_pool.push_back("Z");
  return judged;
}

std::string JudgeOptionsBlock(std::span<const Option> options) {
  std::string block = "There are several options: \n";
  for (const Option& option : options) block += option.letter + ". " + option.text + "\n";
  return block;
}

std::optional<std::string> PostProcess(std::string_view answer, std::span<const Option> options) {
  const std::string_view stripped = Strip(answer);
  if (stripped.empty()) return std::nullopt;
  if (CodePointCount(stripped) == 1) return std::string(stripped);
  if (IsOffered(options, stripped.substr(0, 1))) return std::string(stripped.substr(0, 1));
  for (const Option& option : options) {
    if (Contains(stripped, option.text)) return option.letter;
  }
  return std::string(stripped);
}

}  // namespace tessera::metrics
