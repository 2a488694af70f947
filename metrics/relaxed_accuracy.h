// ChartQA's relaxed accuracy.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tessera::metrics {

/// `text` as a number: Python float syntax, or such a number before one or more `%`, divided by 100. nullopt: not a
/// number. Kept quirk: thousands separators and currency signs make a text ("1,000" is not 1000).
std::optional<double> ParseChartNumber(std::string_view text);

/// True when both are numbers, `target` is not 0 and |prediction - target| / |target| <= 0.05 (in doubles, no epsilon;
/// false for nan and infinities); otherwise true when the lower-cased texts are equal. Nothing is stripped. Source:
/// InternVL eval/vqa/evaluate_vqa.py, relaxed_correctness.
bool RelaxedMatch(std::string_view target, std::string_view prediction);

/// Which side is the target, by which the difference is divided.
enum class RelaxedTarget {
  kAnswer,     ///< the model's answer: InternVL's script and VLMEvalKit of April 2024. A kept quirk that moves scores
  kReference,  ///< the reference: VLMEvalKit since 2025-09, lmms-eval
};

/// 1 when the stripped `answer` matches any of `references` (never stripped), else 0.
/// Throws std::invalid_argument when `references` is empty.
/// Source: InternVL eval/vqa/evaluate_vqa.py, evaluate_relaxed_accuracy; VLMEvalKit process_line, method
/// relaxed_accuracy.
double RelaxedAccuracy(std::string_view answer, std::span<const std::string> references, RelaxedTarget target);

}  // namespace tessera::metrics
