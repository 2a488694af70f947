#include "metrics/open_answer.h"

#include <algorithm>
#include <array>

#include "metrics/number_scanner.h"
#include "metrics/python_rounding.h"
#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

constexpr std::array<std::string_view, 9> kKeyPhrases = {"could be ", "so ",     "is ",     "thus ", "therefore ",
                                                         "final ",    "answer ", "result ", "="};

bool Contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string Utf8(std::u32string_view code_points) {
  std::string text;
  for (const char32_t code_point : code_points) AppendUtf8(code_point, text);
  return text;
}

std::string_view StripPeriods(std::string_view text) {
  while (text.starts_with('.')) text.remove_prefix(1);
  while (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

bool IsLonePunctuation(std::string_view text) {
  return text.size() == 1 && std::string_view(":,.!?;'").find(text[0]) != std::string_view::npos;
}

/// The shortest text after the last occurrence of a key phrase. An empty text gives way to the next one.
std::string_view ShortestAfterKeyPhrase(std::string_view line, bool is_last_line) {
  const std::size_t phrases = is_last_line ? kKeyPhrases.size() : kKeyPhrases.size() - 1;
  std::string_view shortest;
  for (const std::string_view phrase : std::span(kKeyPhrases).first(phrases)) {
    const std::size_t at = line.rfind(phrase);
    if (at == std::string_view::npos) continue;
    const std::string_view after = Strip(line.substr(at + phrase.size()));
    if (shortest.empty() || CodePointCount(after) < CodePointCount(shortest)) shortest = after;
  }
  return shortest;
}

std::vector<std::string> KeyResponses(const std::string& answer) {
  std::vector<std::string> responses;
  for (std::size_t start = 0; start <= answer.size();) {
    const std::size_t end = std::min(answer.find('\n', start), answer.size());
    const std::string_view line = std::string_view(answer).substr(start, end - start);
    const std::string_view key = ShortestAfterKeyPhrase(line, end == answer.size());
    if (!key.empty() && !IsLonePunctuation(key)) responses.emplace_back(key);
    start = end + 1;
  }
  if (responses.empty()) responses.push_back(answer);
  return responses;
}

void AddNew(const std::vector<OpenValue>& values, std::vector<OpenValue>& all) {
  for (const OpenValue& value : values) {
    if (std::find(all.begin(), all.end(), value) == all.end()) all.push_back(value);
  }
}

}  // namespace

std::vector<OpenValue> NormalizeOpen(std::string_view text) {
  const std::string stripped(Strip(text));
  std::string number = stripped;
  std::erase(number, ',');
  if (const auto value = ParseFloat(number)) return {PythonRound(*value, 2)};
  std::string lower = Lower(stripped);
  if (CodePointCount(lower) == 1) return {" " + lower, lower + " "};
  return {std::move(lower)};
}

std::vector<std::string> ExtractNumbers(std::string_view text) {
  const std::u32string code_points = CodePoints(text);
  std::vector<std::string> numbers;
  for (const auto find : {NumberWithCommas, NumberWithExponent, PlainNumber}) {
    for (std::size_t i = 0; i < code_points.size();) {
      const std::size_t end = find(code_points, i);
      if (end > i) numbers.push_back(Utf8(std::u32string_view(code_points).substr(i, end - i)));
      i = std::max(end, i + 1);
    }
  }
  return numbers;
}

std::vector<OpenValue> ParseOpenAnswer(std::string_view answer) {
  const std::vector<std::string> keys = KeyResponses(Lower(StripPeriods(Strip(answer))));
  std::vector<OpenValue> values;
  for (const std::string& key : keys) AddNew(NormalizeOpen(key), values);
  for (const std::string& key : keys) {
    for (const std::string& number : ExtractNumbers(key)) AddNew(NormalizeOpen(number), values);
  }
  return values;
}

bool MatchesOpenReference(std::span<const OpenValue> values, std::span<const std::string> references) {
  std::vector<OpenValue> wanted;
  for (const std::string& reference : references) AddNew(NormalizeOpen(reference), wanted);
  const auto matches = [](const OpenValue& value, const OpenValue& reference) {
    const auto* text = std::get_if<std::string>(&value);
    const auto* part = std::get_if<std::string>(&reference);
    return text != nullptr && part != nullptr ? Contains(*text, *part) : value == reference;
  };
  return std::any_of(values.begin(), values.end(), [&](const OpenValue& value) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const OpenValue& one) { return matches(value, one); });
  });
}

}  // namespace tessera::metrics
