// What scoring one answer, and then a benchmark, gives.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// What is scored: one answer per turn, and what the LLM judge said, call by call (empty: there was no judge, or it was
/// not needed).
struct Reply {
  std::vector<std::string> answers;
  std::vector<std::string> judgements;
};

/// The score of one sample. A wrong answer is 0. `nullopt`: unscored (no answer, or no reference to compare with); it
/// stays out of the mean, is counted beside it and makes the run exit non-zero.
struct SampleScore {
  std::string sample_id;
  std::string group;       // samples that are scored together, such as the rotations of one question
  std::string extracted;   // what the answer was taken to say
  bool undecided = false;  // the rules could not read the answer; `value` is what the recipe makes of that
  std::optional<double> value;
  std::map<std::string, double> parts;      // further values by name, where one is not enough (turns of a dialogue)
  std::map<std::string, std::string> tags;  // the sample's, for breakdowns
};

/// A number of a report. `value` is absent when nothing was scored.
struct Score {
  std::string name;
  std::string unit;  // "percent", "points"
  std::optional<double> value;
  int scored = 0;     // samples (or groups of them) that the value is over
  int unscored = 0;   // those left out
  int undecided = 0;  // those of `scored` whose answer the rules could not read
};

}  // namespace tessera
