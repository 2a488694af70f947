#include "harness/runner/sanity.h"

#include <fmt/format.h>

#include <map>

#include "harness/base/strings.h"

namespace tessera {
namespace {

void AddShareAlarm(int part, int whole, double most, std::string_view what, std::vector<std::string>* alarms) {
  if (whole < kFewestAnswers) return;
  const double share = 100.0 * part / whole;
  if (share <= most) return;
  alarms->push_back(
      fmt::format("{} of {} answers ({:.1f} %) {}; expected at most {:.0f} %", part, whole, share, what, most));
}

}  // namespace

std::optional<FrequentAnswer> MostFrequentAnswer(const std::vector<const SampleRecord*>& samples) {
  std::map<std::string_view, int> counts;
  int most = 0;
  for (const SampleRecord* record : samples) {
    if (record->answers.empty()) continue;
    const std::string_view answer = StripWhiteSpace(record->answers.back());
    if (!answer.empty()) most = std::max(most, ++counts[answer]);
  }
  for (const SampleRecord* record : samples) {
    if (record->answers.empty()) continue;
    const std::string_view answer = StripWhiteSpace(record->answers.back());
    if (!answer.empty() && counts[answer] == most) return FrequentAnswer{std::string(answer), most};
  }
  return std::nullopt;
}

std::vector<std::string> Alarms(const BenchmarkReport& benchmark) {
  std::vector<std::string> alarms;
  const int identical = benchmark.most_frequent ? benchmark.most_frequent->count : 0;
  AddShareAlarm(benchmark.empty, benchmark.answered, kMostEmpty, "are empty", &alarms);
  AddShareAlarm(benchmark.hit_limit, benchmark.answered, kMostCutOff, "are cut off by the token limit", &alarms);
  AddShareAlarm(benchmark.undecided, benchmark.scored, kMostUndecided, "could not be read by the rules", &alarms);
  AddShareAlarm(identical, benchmark.answered, kMostIdentical, "are the same", &alarms);
  if (!benchmark.paper || !benchmark.paper->difference) return alarms;
  const PaperComparison& paper = *benchmark.paper;
  if (*paper.difference < -kMostBelowPaper / 100 * paper.value) {
    alarms.push_back(fmt::format("the score is {:.2f}, more than {:.0f} % below the paper's {:.2f}",
                                 paper.value + *paper.difference, kMostBelowPaper, paper.value));
  }
  return alarms;
}

}  // namespace tessera
