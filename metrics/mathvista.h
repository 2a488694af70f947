// MathVista's reading of an answer: by rules, by what an LLM extracted, and by VLMEvalKit.
// Source: InternVL eval/mathvista/extract_answer.py and calculate_score.py, VLMEvalKit vlmeval/evaluate/
// mathvista_eval.py; protocol/mathvista.md sections 4 and 5.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/option_match.h"

namespace tessera::metrics {

struct MathVistaProblem {
  std::string question_type;  // "multi_choice", "free_form"
  std::string answer_type;    // "text", "integer", "float", "list"
  std::vector<std::string> choices;
  std::optional<int> precision;  // decimals of a float answer
};

enum class QuickExtract { kOff, kOn };

/// What `response` says without an LLM: nothing at all, the text of a choice, a whole number, a float, each as Python
/// prints it; with kOn also what stands between the quotes of `The answer is "...".` nullopt: an LLM is asked. Quirk:
/// a bare letter is for the LLM. Source: extract_answer.
std::optional<std::string> ExtractByRule(std::string_view response, const MathVistaProblem& problem,
                                         QuickExtract quick = QuickExtract::kOff);

/// The choice whose letter `extraction` is: alone, or as the first "(x)" in it; nullopt when there is none.
std::optional<std::string> ChoiceByLetter(std::string_view extraction, std::span<const std::string> choices);

/// The script of April 2024 read the decimals as a float, for which Python's round() raises.
enum class FloatPrecision {
  kFails,   ///< every float answer is wrong: what the paper's number holds
  kWholes,  ///< corrected later
};

/// The prediction that is compared with the answer: the choice that `extraction` names or else the one at the smallest
/// edit distance (an empty text thus picks the shortest); an integer cut towards zero; a float rounded; else the text.
/// nullopt when it is no number. Throws std::invalid_argument for a multiple-choice problem without choices. Source:
/// normalize_extracted_answer.
std::optional<std::string> NormalizeExtraction(std::string_view extraction, const MathVistaProblem& problem,
                                               FloatPrecision precision);

/// VLMEvalKit's row of a problem.
struct MathVistaRow {
  MathVistaProblem problem;
  std::string answer;
  std::optional<std::string> answer_option;  // the letter of a multiple-choice answer
};

/// What VLMEvalKit takes from `prediction` without an LLM, as text: the letter that its matcher finds, right or not; a
/// number only when it is the answer; "None" where the answer is that text. nullopt when there is nothing. Source:
/// post_check with prefetch.
std::optional<std::string> Prefetch(std::string_view prediction, const MathVistaRow& row, MatcherVersion version);

/// False for a prefetched number 0, which Python takes for nothing: an LLM is asked then too.
bool IsPrefetchUsed(const std::optional<std::string>& prefetched, const MathVistaProblem& problem);

/// True when `result` (prefetched, or an LLM's reply) is right: the letter, or the equal number; lists and texts never
/// are. Source: post_check.
bool IsMathVistaHit(std::string_view result, const MathVistaRow& row, MatcherVersion version);

}  // namespace tessera::metrics
