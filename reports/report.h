// What a run found, as plain data. The printers turn it into console text, Markdown and JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metrics/score.h"

namespace tessera {

inline constexpr int kReportSchemaVersion = 1;

/// The smallest and the largest value that a score could take.
struct ScoreRange {
  double low = 0;
  double high = 0;
};

/// A published value beside ours.
struct PaperComparison {
  double value = 0;
  std::string unit;
  std::string split;  // that the published value is for
  std::string source;
  std::optional<double> difference;  // ours - published; absent when split, unit or samples differ
};

/// An answer and how many samples got it.
struct FrequentAnswer {
  std::string text;
  int count = 0;
};

/// The LLM that graded answers, and how it was asked.
struct JudgeReport {
  std::vector<std::string> names;  // as the servers answered; empty: none was asked
  std::string published;           // the model behind the published number; empty: not known
  std::string prompt;              // "own judge prompt", "authors' judge prompt"
  std::string prompt_sha256;       // of fixed requests made with it; empty: not known
  bool is_published_prompt = false;
  int calls = 0;  // replies that the scores rest on
  int prompt_tokens = 0;
  int new_tokens = 0;
  int unasked = 0;                   // samples that needed a judge when there was none: only the rules read them
  int failures = 0;                  // samples that it left ungraded
  std::vector<std::string> reasons;  // for that, the most frequent first
};

/// One benchmark of a run under one scoring.
struct BenchmarkReport {
  std::string name;   // "chartqa"
  std::string title;  // "ChartQA"
  std::string split;
  std::string format;  // of the data: "official", "vlmevalkit"
  std::string recipe;
  std::string scoring;
  std::vector<Score> scores;  // the first is the headline

  int samples = 0;                              // in the plan
  int scored = 0;                               // of those
  int unscored = 0;                             // the others: failed, not run yet, or without a reference
  int undecided = 0;                            // of `scored`: the rules could not read the answer
  int empty = 0;                                // answers without any text
  int hit_limit = 0;                            // answers cut off by max_new_tokens
  int answered = 0;                             // what `empty`, `hit_limit` and `most_frequent` are shares of
  std::optional<FrequentAnswer> most_frequent;  // of the answers with any text; absent when there is none
  std::optional<ScoreRange> undecided_range;    // of the headline, over all readings of the undecided answers
  std::optional<PaperComparison> paper;
  std::optional<JudgeReport> judge;     // only of a scoring that asks one
  std::vector<std::string> deviations;  // "max_tiles 6 instead of 12"
  std::vector<std::string> alarms;      // signs that something went wrong
};

/// What one scoring made of an answer.
struct Reading {
  std::string extracted;
  bool undecided = false;
  std::optional<double> value;
};

/// A sample to which the scorings give different values.
struct DisagreeingSample {
  std::string split;
  std::string sample_id;
  std::string answer;             // of the last turn
  std::vector<Reading> readings;  // one per scoring
};

/// The scorings of one benchmark, side by side over the same answers.
struct ScoringComparison {
  std::string title;                        // of the benchmark
  std::vector<std::string> scorings;        // at least two
  int samples = 0;                          // that were compared
  std::vector<DisagreeingSample> disagree;  // in journal order
};

/// What answered.
struct ModelLine {
  std::string backend;
  std::string name;
  std::string precision;
  std::string device;
  std::string note;  // of the checkpoint about itself, such as "random weights"
};

/// Time of one stage, summed over the run. Stages overlap, so the sum of all is not the run's wall time.
struct StageTotal {
  std::string stage;  // "load_image", "tile", "vision", "prefill", "decode"
  double seconds = 0;
};

/// What the model had to do, each thing counted as often as it was done.
struct WorkTotal {
  std::int64_t pictures = 0;          // that went through the vision tower
  std::int64_t tiles = 0;             // of those pictures
  std::int64_t prefixes = 0;          // prompts up to the last picture token that were prefilled
  std::int64_t prefilled_tokens = 0;  // of prefixes and of the questions behind them
  std::int64_t decode_passes = 0;     // over the weights, each for a token of all answers under way
};

struct Report {
  std::string tool_version;
  ModelLine model;
  std::vector<BenchmarkReport> benchmarks;
  std::vector<ScoringComparison> comparisons;  // of benchmarks that were scored in more than one way
  std::int64_t samples = 0;
  std::int64_t failed = 0;
  std::int64_t tiles = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t new_tokens = 0;
  std::vector<StageTotal> stages;
  WorkTotal work;
};

/// "gpt-4-0613"; several names with commas between; "none".
std::string JudgeName(const JudgeReport& judge);

/// True when a sample of any benchmark is unscored.
bool HasUnscored(const Report& report);

/// All but the stages: one JSON object with a fixed key order and `schema_version`; units in `unit` fields and key
/// suffixes. Ends in a newline. Text that is not UTF-8 is written with U+FFFD.
std::string PrintJson(const Report& report);

/// The stages and the work alone, as a JSON object with `schema_version`. Apart from the report, whose bytes the
/// answers determine.
std::string PrintTimes(const Report& report);

/// A Markdown document of all but the stages.
std::string PrintMarkdown(const Report& report);

/// Aligned text for a terminal; ANSI colours only when `colour`.
std::string PrintConsole(const Report& report, bool colour);

}  // namespace tessera
