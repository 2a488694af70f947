// Signs that a run went wrong although every sample was answered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/journal/sample_record.h"
#include "reports/report.h"

namespace tessera {

/// Shares above which an alarm is raised, in per cent. Published runs stay far below them: their answers are rarely
/// empty, cut off or unreadable, and even yes/no answers split about evenly.
inline constexpr double kMostEmpty = 5;
inline constexpr double kMostCutOff = 10;
inline constexpr double kMostUndecided = 10;
inline constexpr double kMostIdentical = 80;

/// Below so many answers a share says nothing.
inline constexpr int kFewestAnswers = 20;

/// A headline that falls short of the paper's value by more than this share of it, in per cent, is far below. The
/// smaller published models, of 2 and 4 billion parameters, mostly stay within it.
inline constexpr double kMostBelowPaper = 20;

/// The most frequent answer of the last turn, without white space around it; of several the first one given. Empty
/// answers do not count. nullopt when there is none.
std::optional<FrequentAnswer> MostFrequentAnswer(const std::vector<const SampleRecord*>& samples);

/// One sentence for each threshold above that the benchmark's numbers pass.
std::vector<std::string> Alarms(const BenchmarkReport& benchmark);

}  // namespace tessera
