#include "metrics/mmvet_score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>

#include "metrics/python_rounding.h"
#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

constexpr std::array<std::string_view, 6> kCapabilities = {"rec", "ocr", "know", "gen", "spat", "math"};

std::string JoinSorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : "_") + name;
  return joined;
}

/// Sums of the scores of several runs.
struct RunSums {
  std::vector<double> sums;
  int samples = 0;

  void Add(const std::vector<double>& scores) {
    sums.resize(scores.size());
    for (std::size_t run = 0; run < scores.size(); ++run) sums[run] += scores[run];
    ++samples;
  }
  /// The points of each run.
  std::vector<double> Points() const {
    std::vector<double> points;
    for (const double sum : sums) points.push_back(sum / samples * 100);
    return points;
  }
};

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Score RoundedScore(const std::string& name, const RunSums& sums) {
  Score score{.name = name, .unit = "points", .scored = sums.samples};
  if (sums.samples > 0) score.value = NumpyRound(Mean(sums.Points()), 1);
  return score;
}

double Deviation(const RunSums& sums) {
  if (sums.samples == 0) return 0;
  const std::vector<double> points = sums.Points();
  const double mean = Mean(points);
  double squares = 0;
  for (const double value : points) squares += (value - mean) * (value - mean);
  return NumpyRound(std::sqrt(squares / static_cast<double>(points.size())), 1);
}

struct Counter {
  double sum = 0;
  int samples = 0;
};

Score MeanScore(const std::string& name, const Counter& counter) {
  Score score{.name = name, .unit = "points", .scored = counter.samples};
  if (counter.samples > 0) score.value = counter.sum / counter.samples * 100;
  return score;
}

}  // namespace

std::optional<double> ReadMmVetGrade(std::string_view reply, const MmVetRule& rule) {
  const std::string_view text = rule.first_word_only ? reply.substr(0, reply.find(' ')) : reply;
  const std::optional<double> grade = ParseFloat(text);
  if (!grade) return std::nullopt;
  if (std::isnan(*grade)) return rule.nan_is_a_score ? grade : std::nullopt;
  if (*grade < 0 || *grade > 1) return std::nullopt;
  return grade;
}

MmVetVerdict ReadMmVetReplies(std::span<const std::string> replies, const MmVetRule& rule) {
  for (int call = 1; call <= rule.max_calls; ++call) {
    if (replies.size() < static_cast<std::size_t>(call)) return {.calls = call - 1};
    if (rule.ignores_last_call && call == rule.max_calls) break;
    const std::optional<double> grade = ReadMmVetGrade(replies[static_cast<std::size_t>(call - 1)], rule);
    if (grade) return {.score = grade, .calls = call};
  }
  return {.score = 0, .calls = rule.max_calls, .readable = false};
}

double MmVetTemperature(int call, const MmVetRule& rule) {
  return 0.5 * (rule.first_word_only ? std::max(call - 1, 0) : call);
}

MmVetTables MmVetAuthorsTables(std::span<const MmVetSample> samples) {
  std::map<std::string, RunSums, std::less<>> capabilities;
  std::map<std::string, RunSums> integrations;
  RunSums total;
  for (const MmVetSample& sample : samples) {
    if (sample.scores.empty() || sample.scores.size() != samples.front().scores.size()) {
      throw std::invalid_argument("MM-Vet: the samples have different numbers of runs");
    }
    for (const std::string& name : sample.capabilities) capabilities[name].Add(sample.scores);
    integrations[JoinSorted(sample.capabilities)].Add(sample.scores);
    total.Add(sample.scores);
  }
  MmVetTables tables{.deviation = Deviation(total)};
  for (const std::string_view name : kCapabilities) {
    const auto sums = capabilities.find(name);
    tables.capabilities.push_back(
        RoundedScore(std::string(name), sums == capabilities.end() ? RunSums{} : sums->second));
  }
  for (const auto& [name, sums] : integrations) tables.integrations.push_back(RoundedScore(name, sums));
  tables.capabilities.push_back(RoundedScore("total", total));
  tables.integrations.push_back(RoundedScore("total", total));
  return tables;
}

MmVetTables MmVetVlmEvalKitTables(std::span<const MmVetRow> rows) {
  std::map<std::string, Counter, std::less<>> counters;
  std::map<std::string, std::string> integrations;  // by category
  Counter overall;
  const auto add = [](Counter& counter, double score) {
    counter.sum += score;
    ++counter.samples;
  };
  for (const MmVetRow& row : rows) {
    for (const std::string_view name : kCapabilities) {
      if (row.category.find(name) != std::string::npos) add(counters[std::string(name)], row.score);
    }
    std::string integration = row.category;
    std::replace(integration.begin(), integration.end(), ',', '_');
    add(counters[integration], row.score);
    add(overall, row.score);
    integrations[row.category] = integration;
  }
  MmVetTables tables;
  for (const std::string_view name : kCapabilities) {
    const auto counter = counters.find(name);
    tables.capabilities.push_back(
        MeanScore(std::string(name), counter == counters.end() ? Counter{} : counter->second));
  }
  for (const auto& [category, name] : integrations) tables.integrations.push_back(MeanScore(name, counters[name]));
  tables.capabilities.push_back(MeanScore("Overall", overall));
  tables.integrations.push_back(MeanScore("Overall", overall));
  return tables;
}

}  // namespace tessera::metrics
