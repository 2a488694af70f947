// OCRBench's hit: does the answer hold a reference?
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tessera::metrics {

/// How both sides are prepared before they are compared.
enum class OcrBenchText {
  kPlain,    ///< lower-cased, stripped, each newline a blank
  kFormula,  ///< stripped, then every newline and blank (U+0020) deleted; case matters, tabs and other blanks stay
};

/// 1 when any of `references` is a substring of `answer`, else 0 (also when there are none). Quirks kept: an empty
/// reference is in every answer, "no" is in "I do not know", blanks are not collapsed, accents and full-width
/// characters are not folded. Source: VLMEvalKit vlmeval/evaluate/OCRBench.py, OCRBench_eval.
double OcrBenchHit(std::string_view answer, std::span<const std::string> references, OcrBenchText text);

}  // namespace tessera::metrics
