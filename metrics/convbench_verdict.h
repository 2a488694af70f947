// ConvBench: reading what an LLM judge wrote about a dialogue of three turns, and the scores made of it.
// Source: ConvBench ConvBenchEval/convbencheval.py, prompts.py; protocol/convbench.md sections 4, 5 and 8.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tessera::metrics {

/// Which of two responses is better, 'A' or 'B': the one whose "response a is better" is in the lower-cased text while
/// the other's is not. nullopt: neither or both, so the judge is asked to extract its verdict.
std::optional<char> ReadConvBenchVerdict(std::string_view judge_text);

/// The verdict in the reply to that request: exactly one of "Final Answer: Response A" and "Final Answer: Response B"
/// is in it. Quirk: "Response AB" is A.
std::optional<char> ReadConvBenchExtraction(std::string_view reply);

/// The second try on the judge's text, made when counting: what follows the first "Rating:" on its line, without white
/// space and then without ASCII punctuation at both ends. 'A' or 'B', else 'C': nobody wins. Source: extract_rate.
char ReadConvBenchRating(std::string_view judge_text);

/// Direct grading: the whole number from 1 to 10 in the same place. nullopt: the judge is asked to extract it. (The
/// authors publish the prompts but not the script; this reading is ours.)
std::optional<int> ReadConvBenchGrade(std::string_view judge_text);

/// The grade in the reply to that request: "Final Rating: X". nullopt: no grade.
std::optional<int> ReadConvBenchFinalGrade(std::string_view reply);

/// What the judge made of one turn, or of the whole dialogue.
struct ConvBenchVerdict {
  std::optional<char> letter;  // by the first two readings
  std::string judge_text;
};

/// 'A', 'B' or 'C' by all readings.
char FinalConvBenchVerdict(const ConvBenchVerdict& verdict);

/// Scores of the three turns, of the whole dialogue, and their means.
struct ConvBenchScores {
  double s1 = 0, s2 = 0, s3 = 0, s0 = 0;
  double r2 = 0;  // (s1 + s2 + s3) / 3
  double r1 = 0;  // (r2 + s0) / 2
};
ConvBenchScores WithMeans(double s1, double s2, double s3, double s0);

/// One dialogue, judged in pairs.
struct ConvBenchDialogue {
  char model = 'A';                          // the letter under which the judge saw the model
  std::array<ConvBenchVerdict, 4> verdicts;  // first, second, third turn, whole dialogue
};

/// The share of dialogues that the model wins, in [0, 1]: wins / `denominator`, which the authors fix at 577. A 'C' is
/// a loss, and so is a dialogue that is not among `dialogues`.
ConvBenchScores ConvBenchWinRates(std::span<const ConvBenchDialogue> dialogues, int denominator);

}  // namespace tessera::metrics
