#include "metrics/convbench_verdict.h"

#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

bool Contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::optional<char> OnlyOne(bool has_a, bool has_b) {
  if (has_a == has_b) return std::nullopt;
  return has_a ? 'A' : 'B';
}

/// What follows the first `label` on its line, stripped as the authors do; empty when there is none.
std::string_view AfterLabel(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + label.size());
  text = Strip(text.substr(0, text.find('\n')));
  const std::size_t first = text.find_first_not_of(kPunctuation);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kPunctuation) + 1 - first);
}

std::optional<int> GradeOf(std::string_view text) {
  for (int grade = 1; grade <= 10; ++grade) {
    if (text == std::to_string(grade)) return grade;
  }
  return std::nullopt;
}

}  // namespace

std::optional<char> ReadConvBenchVerdict(std::string_view judge_text) {
  const std::string lower = Lower(judge_text);
  return OnlyOne(Contains(lower, "response a is better"), Contains(lower, "response b is better"));
}

std::optional<char> ReadConvBenchExtraction(std::string_view reply) {
  return OnlyOne(Contains(reply, "Final Answer: Response A"), Contains(reply, "Final Answer: Response B"));
}

char ReadConvBenchRating(std::string_view judge_text) {
  const std::string_view rating = AfterLabel(judge_text, "Rating:");
  return rating == "A" || rating == "B" ? rating.front() : 'C';
}

std::optional<int> ReadConvBenchGrade(std::string_view judge_text) {
  return GradeOf(AfterLabel(judge_text, "Rating:"));
}

std::optional<int> ReadConvBenchFinalGrade(std::string_view reply) {
  return GradeOf(AfterLabel(reply, "Final Rating:"));
}

char FinalConvBenchVerdict(const ConvBenchVerdict& verdict) {
  return verdict.letter ? *verdict.letter : ReadConvBenchRating(verdict.judge_text);
}

ConvBenchScores WithMeans(double s1, double s2, double s3, double s0) {
  ConvBenchScores scores{.s1 = s1, .s2 = s2, .s3 = s3, .s0 = s0};
  scores.r2 = (s1 + s2 + s3) / 3;
  scores.r1 = (scores.r2 + s0) / 2;
  return scores;
}

ConvBenchScores ConvBenchWinRates(std::span<const ConvBenchDialogue> dialogues, int denominator) {
  std::array<int, 4> wins{};
  for (const ConvBenchDialogue& dialogue : dialogues) {
    for (std::size_t turn = 0; turn < wins.size(); ++turn) {
      wins[turn] += FinalConvBenchVerdict(dialogue.verdicts[turn]) == dialogue.model ? 1 : 0;
    }
  }
  const auto rate = [&](std::size_t turn) { return static_cast<double>(wins[turn]) / denominator; };
  return WithMeans(rate(0), rate(1), rate(2), rate(3));
}

}  // namespace tessera::metrics
