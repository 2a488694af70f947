// MM-Vet: an LLM judge grades each answer from 0 to 1; means per capability and per set of capabilities.
// Source: MM-Vet mm-vet_evaluator.py; VLMEvalKit vlmeval/evaluate/mmvet_eval.py (2024-04; the same in 2026-08);
// protocol/mmvet.md sections 4 and 5.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/score.h"

namespace tessera::metrics {

/// How a scorer reads the judge's replies.
struct MmVetRule {
  bool first_word_only = false;    // "0.8 because" is 0.8; else the whole reply must be a number
  bool ignores_last_call = false;  // the score is 0 whatever the reply to the last call says
  int max_calls = 0;
  /// Quirk of both scorers: nan passes their range test. We take it as unreadable unless this is set.
  bool nan_is_a_score = false;
};
inline constexpr MmVetRule kMmVetAuthors = {.first_word_only = true, .ignores_last_call = true, .max_calls = 6};
inline constexpr MmVetRule kMmVetVlmEvalKit = {.max_calls = 5};

/// The grade in one reply, a Python float in [0, 1]; nullopt: unreadable. By the authors' rule the text up to the first
/// blank is read, so a reply that starts with a blank is unreadable.
std::optional<double> ReadMmVetGrade(std::string_view reply, const MmVetRule& rule);

/// What the replies so far say.
struct MmVetVerdict {
  std::optional<double> score;  // nullopt: another call is due
  int calls = 0;                // that the score took
  bool readable = true;         // false: no reply could be read and the score is 0
};
MmVetVerdict ReadMmVetReplies(std::span<const std::string> replies, const MmVetRule& rule);

/// The temperature of call `call` (from 0). The authors raise it from the third call on, VLMEvalKit from the second.
double MmVetTemperature(int call, const MmVetRule& rule);

/// The two tables of either scorer, as points of 100; each ends with the mean over all samples. `scored` is the number
/// of samples that the value is over.
struct MmVetTables {
  std::vector<Score> capabilities;  // rec, ocr, know, gen, spat, math, total
  std::vector<Score> integrations;  // sets of capabilities joined with "_", total
  double deviation = 0;             // of the totals of several runs (population); 0 for one
};

struct MmVetSample {
  std::vector<std::string> capabilities;
  std::vector<double> scores;  // one per run of the judge
};

/// Means over the runs, rounded to one decimal as numpy does. Sets of capabilities are sorted by name. Throws
/// std::invalid_argument when the samples have different numbers of runs.
MmVetTables MmVetAuthorsTables(std::span<const MmVetSample> samples);

struct MmVetRow {
  std::string category;  // "rec,ocr"
  double score = 0;
};

/// Not rounded; the total is called Overall. Quirk kept: both tables share their counters, so that a sample with just
/// one capability counts twice under its name. A capability counts where its name occurs in the category.
MmVetTables MmVetVlmEvalKitTables(std::span<const MmVetRow> rows);

}  // namespace tessera::metrics
