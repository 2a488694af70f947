#include "metrics/mathvista.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "metrics/edit_distance.h"
#include "metrics/python_rounding.h"
#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

char ToUpper(char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; }

/// The first group of `The answer is "(.*)"\.`; the dot does not cross lines, and takes as much as it can.
std::optional<std::string> QuotedAnswer(std::string_view response) {
  constexpr std::string_view kOpening = "The answer is \"", kClosing = "\".";
  for (std::size_t at = response.find(kOpening); at != std::string_view::npos; at = response.find(kOpening, at + 1)) {
    const std::size_t start = at + kOpening.size();
    const std::string_view line = response.substr(start, response.find('\n', start) - start);
    const std::size_t end = line.rfind(kClosing);
    if (end != std::string_view::npos) return std::string(line.substr(0, end));
  }
  return std::nullopt;
}

/// The first "(x)" with a letter, as a capital; else the stripped text.
std::string LetterOrText(std::string_view extraction) {
  const std::string_view text = Strip(extraction);
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '(' && IsAsciiLetter(text[i + 1]) && text[i + 2] == ')') return {ToUpper(text[i + 1])};
  }
  return std::string(text);
}

std::string NearestChoice(const std::string& text, std::span<const std::string> choices) {
  if (choices.empty()) throw std::invalid_argument("a multiple-choice problem without choices");
  const std::u32string wanted = CodePoints(text);
  const auto distance = [&](const std::string& choice) { return EditDistance(wanted, CodePoints(choice)); };
  return *std::min_element(choices.begin(), choices.end(),
                           [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
}

std::optional<std::string> RoundedText(double value, std::optional<int> precision) {
  if (precision) return FloatRepr(PythonRound(value, *precision));
  return TruncatedText(std::nearbyint(value));  // round() without decimals gives an integer
}

std::vector<Option> Options(const MathVistaProblem& problem) {
  std::vector<Option> options;
  for (const std::string& choice : problem.choices) {
    options.push_back({std::string(1, static_cast<char>('A' + options.size())), choice});
  }
  return options;
}

/// A text in the form in which equal values are equal texts; nullopt when it is no number of the type.
std::optional<std::string> NumberText(std::string_view text, const MathVistaProblem& problem) {
  if (problem.answer_type == "integer") return ParseInt(text);
  const auto value = ParseFloat(text);
  if (!value || std::isnan(*value)) return std::nullopt;  // nan equals nothing
  return FloatRepr(*value == 0 ? 0.0 : *value);
}

bool IsNumeric(const MathVistaProblem& problem) {
  return problem.question_type != "multi_choice" &&
         (problem.answer_type == "integer" || problem.answer_type == "float");
}

constexpr std::string_view kNoValue = "None";  // str() of what neither branch has set

}  // namespace

std::optional<std::string> ExtractByRule(std::string_view response, const MathVistaProblem& problem,
                                         QuickExtract quick) {
  if (response.empty()) return "";
  if (problem.question_type == "multi_choice" &&
      std::find(problem.choices.begin(), problem.choices.end(), response) != problem.choices.end()) {
    return std::string(response);
  }
  if (problem.answer_type == "integer") {
    if (auto number = ParseInt(response)) return number;
  }
  if (problem.answer_type == "float") {
    if (const auto number = ParseFloat(response)) return FloatRepr(*number);
  }
  return quick == QuickExtract::kOn ? QuotedAnswer(response) : std::nullopt;
}

std::optional<std::string> ChoiceByLetter(std::string_view extraction, std::span<const std::string> choices) {
  const std::string letter = LetterOrText(extraction);
  if (letter.size() != 1 || letter[0] < 'A') return std::nullopt;
  const auto index = static_cast<std::size_t>(letter[0] - 'A');
  if (index >= choices.size()) return std::nullopt;
  return choices[index];
}

std::optional<std::string> NormalizeExtraction(std::string_view extraction, const MathVistaProblem& problem,
                                               FloatPrecision precision) {
  if (problem.question_type == "multi_choice") {
    if (auto choice = ChoiceByLetter(extraction, problem.choices)) return choice;
    return NearestChoice(LetterOrText(extraction), problem.choices);
  }
  if (problem.answer_type != "integer" && problem.answer_type != "float") return std::string(extraction);
  const auto value = ParseFloat(extraction);
  if (!value) return std::nullopt;
  if (problem.answer_type == "integer") return TruncatedText(*value);
  return precision == FloatPrecision::kFails ? std::nullopt : RoundedText(*value, problem.precision);
}

std::optional<std::string> Prefetch(std::string_view prediction, const MathVistaRow& row, MatcherVersion version) {
  if (row.problem.question_type == "multi_choice") return InferOption(prediction, Options(row.problem), version);
  if (!IsNumeric(row.problem)) {
    return row.answer == kNoValue ? std::optional<std::string>(kNoValue) : std::nullopt;
  }
  auto value = NumberText(prediction, row.problem);
  return value && value == NumberText(row.answer, row.problem) ? value : std::nullopt;
}

bool IsPrefetchUsed(const std::optional<std::string>& prefetched, const MathVistaProblem& problem) {
  if (!prefetched) return false;
  return !IsNumeric(problem) || ParseFloat(*prefetched) != 0.0;
}

bool IsMathVistaHit(std::string_view result, const MathVistaRow& row, MatcherVersion version) {
  if (row.problem.question_type == "multi_choice") {
    const auto letter = InferOption(result, Options(row.problem), version);
    return letter && letter == row.answer_option;
  }
  return Prefetch(result, row, version).has_value();
}

}  // namespace tessera::metrics
