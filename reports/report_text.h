// Wording that the console and the Markdown printer share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/report.h"

namespace tessera {

std::string ScoreText(const Score& score);                     ///< "83.80 %", "645.00 points", "none"
std::string PaperText(const BenchmarkReport& benchmark);       ///< "83.80", "83.80 (test split)", "-"
std::string DifferenceText(const BenchmarkReport& benchmark);  ///< "+0.12", "-"
std::string ScoringText(const BenchmarkReport& benchmark);     ///< "authors, judge: gpt-4-0613"
std::string ModelText(const Report& report);                   ///< "native tiny, float32, cpu"
std::string TotalsText(const Report& report);                  ///< "10 samples (1 failed), 52 tiles, ..."

/// The header and one row per benchmark of the main table.
std::vector<std::vector<std::string>> ScoreTable(const Report& report);

/// How many of the printed samples a disagreement table shows; the JSON report has all.
inline constexpr std::size_t kShownDisagreements = 20;

/// "ChartQA: the scorings disagree on 3 of 40 samples (first 20 shown)".
std::string DisagreementHeading(const ScoringComparison& comparison);

/// The header and the first kShownDisagreements rows: sample, answer, and per scoring the value and what was extracted.
/// Texts are shortened and on one line.
std::vector<std::vector<std::string>> DisagreementTable(const ScoringComparison& comparison);

/// What limits the trust in the benchmark's number, one sentence each: unscored, undecided, empty, cut-off and
/// identical answers, deviations from the recipe, a paper value of another split. Alarms are apart from them.
std::vector<std::string> Caveats(const BenchmarkReport& benchmark);

}  // namespace tessera
