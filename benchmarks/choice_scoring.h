// Multiple-choice questions as VLMEvalKit scores them; the rows of all its benchmarks are read alike.
// Source: VLMEvalKit vlmeval/evaluate/multiple_choice.py (2024-04), vlmeval/dataset/utils/multiple_choice.py (2026-08).
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "benchmarks/benchmark.h"

namespace tessera {

/// A VLMEvalKit TSV file whose questions are asked once.
std::vector<Sample> LoadChoiceTsv(const std::filesystem::path& folder, const DataSource& source);

/// A VLMEvalKit TSV file whose questions are asked once per rotation of the options; row k of a question has its index
/// plus k * 1000000. Throws kInput, besides, when an index is not a whole number.
std::vector<Sample> LoadCircularTsv(const std::filesystem::path& folder, const DataSource& source);

/// The two versions of the matcher, without a judge and (names with -judge) with one. Without, an answer that it cannot
/// read is undecided and 0. (2026-08 counts it as option Z, so it is right where Z is.) With one, an answer that is
/// unreadable after 3 replies is undecided and 0, where the published evaluation draws an option at random.
std::vector<Scoring> ChoiceScorings();

/// The same with circular evaluation: a question counts when all its rotations are right.
std::vector<Scoring> CircularScorings();

}  // namespace tessera
