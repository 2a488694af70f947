#include "harness/runner/build_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "harness/runner/sanity.h"

namespace tessera {
namespace {

using Samples = std::vector<const SampleRecord*>;

std::map<std::string, Samples> ByBenchmark(const RunRecord& run, const std::vector<SampleRecord>& samples) {
  std::map<std::string, Samples> groups;
  for (const BenchmarkRecord& benchmark : run.benchmarks) groups[benchmark.name];
  for (const SampleRecord& sample : samples) {
    const auto it = groups.find(sample.benchmark);
    if (it == groups.end()) {
      throw InputError(fmt::format("journal: sample \"{}\": benchmark \"{}\" is not one of run.json", sample.sample.id,
                                   sample.benchmark));
    }
    it->second.push_back(&sample);
  }
  return groups;
}

/// "all" leaves further scorings that ask a judge out when there is none: they would only be unscored.
std::vector<const Scoring*> ChooseScorings(const Benchmark& benchmark, const std::string& name,
                                           const std::string& run_default, const Judging& judging) {
  std::vector<const Scoring*> chosen;
  std::vector<std::string> names;
  const std::string& wanted = name.empty() ? run_default : name;
  for (const Scoring& scoring : benchmark.scorings) {
    names.emplace_back(scoring.name);
    const bool can_be_judged = scoring.ask_judge == nullptr || judging.HasReplies();
    const bool is_first = &scoring == &benchmark.scorings.front();
    if (wanted == scoring.name || (wanted == "all" && (is_first || can_be_judged))) chosen.push_back(&scoring);
  }
  if (chosen.empty()) {
    throw UsageError(
        fmt::format("{}: unknown scoring \"{}\"; there are: {}, all", benchmark.name, wanted, Join(names, ", ")));
  }
  return chosen;
}

SampleScore ScoreSample(const Scoring& scoring, const SampleRecord& record, const Judgement& judgement) {
  if (!record.answers.empty() && judgement.failure.empty()) {
    try {
      return scoring.score(record.sample, Reply{.answers = record.answers, .judgements = judgement.replies});
    } catch (const std::exception&) {
      // Unscored, as below. For the run's own scoring the journal has the message.
    }
  }
  // Scored as if nothing had been said, for the group and the tags that the aggregation needs.
  SampleScore score = scoring.score(record.sample, Reply{.answers = {""}});
  score.extracted.clear();
  score.undecided = false;
  score.value.reset();
  score.parts.clear();
  return score;
}

/// The headline with every undecided answer counted as `value`; sample scores lie in [0, 1].
std::optional<double> HeadlineIf(const Scoring& scoring, std::vector<SampleScore> scores, double value) {
  for (SampleScore& score : scores) {
    if (!score.undecided) continue;
    score.undecided = false;
    score.value = value;
  }
  const std::vector<Score> aggregated = scoring.aggregate(scores);
  return aggregated.empty() ? std::nullopt : aggregated.front().value;
}

std::optional<ScoreRange> UndecidedRange(const Scoring& scoring, const std::vector<SampleScore>& scores) {
  const std::optional<double> none = HeadlineIf(scoring, scores, 0);
  const std::optional<double> all = HeadlineIf(scoring, scores, 1);
  if (!none || !all) return std::nullopt;
  return ScoreRange{std::min(*none, *all), std::max(*none, *all)};
}

/// True when the run asked as many samples as the published data has, or scored as many as `paper` is over.
bool HasPublishedSamples(const Benchmark& benchmark, const BenchmarkReport& report, const PaperValue& paper) {
  if (paper.scored > 0) return !report.scores.empty() && report.scores.front().scored == paper.scored;
  return std::any_of(benchmark.data.begin(), benchmark.data.end(), [&](const DataSource& source) {
    return source.split == report.split && source.format == report.format && source.rows == report.samples;
  });
}

/// The published value of this run's split, of the headline's unit where there is one, or else the first one. A
/// difference only where both are over the same samples.
std::optional<PaperComparison> ComparePaper(const Benchmark& benchmark, const BenchmarkReport& report) {
  if (benchmark.paper.empty()) return std::nullopt;
  const auto same_split = std::find_if(benchmark.paper.begin(), benchmark.paper.end(),
                                       [&](const PaperValue& paper) { return paper.split == report.split; });
  const auto same_unit = std::find_if(same_split, benchmark.paper.end(), [&](const PaperValue& paper) {
    return paper.split == report.split && !report.scores.empty() && paper.unit == report.scores.front().unit;
  });
  const PaperValue& paper = same_unit != benchmark.paper.end()    ? *same_unit
                            : same_split == benchmark.paper.end() ? benchmark.paper.front()
                                                                  : *same_split;
  PaperComparison comparison{.value = paper.value,
                             .unit = std::string(paper.unit),
                             .split = std::string(paper.split),
                             .source = std::string(paper.source)};
  if (same_split == benchmark.paper.end() || report.scores.empty() || !HasPublishedSamples(benchmark, report, paper)) {
    return comparison;
  }
  const Score& headline = report.scores.front();
  if (headline.value && headline.unit == paper.unit) comparison.difference = *headline.value - paper.value;
  return comparison;
}

void CountAnswers(const Samples& samples, BenchmarkReport* report) {
  for (const SampleRecord* record : samples) {
    if (record->answers.empty()) continue;
    ++report->answered;
    if (record->answers.back().find_first_not_of(" \t\r\n") == std::string::npos) ++report->empty;
    if (record->hit_token_limit) ++report->hit_limit;
  }
}

BenchmarkScores ScoreAll(const Benchmark& benchmark, const Scoring& scoring, const Samples& samples, Judging* judging) {
  BenchmarkScores result{.benchmark = std::string(benchmark.name), .scoring = std::string(scoring.name)};
  if (scoring.ask_judge != nullptr) {
    JudgedSamples judged = judging->JudgeAll(benchmark, scoring, samples);
    result.judgements = std::move(judged.samples);
    result.judge = std::move(judged.report);
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    result.samples.push_back(
        ScoreSample(scoring, *samples[i], result.judgements.empty() ? Judgement{} : result.judgements[i]));
    result.splits.push_back(samples[i]->sample.split);
  }
  result.scores = scoring.aggregate(result.samples);
  return result;
}

void AddJudgeDeviations(const JudgeReport& judge, std::vector<std::string>* deviations) {
  if (judge.names.empty() && judge.unasked == 0) return;
  const std::string name = JudgeName(judge);
  if (!judge.published.empty() && name != judge.published) {
    deviations->push_back(fmt::format("judge {} instead of {}", name, judge.published));
  }
  if (!judge.names.empty() && !judge.is_published_prompt)
    deviations->push_back(judge.prompt + " instead of the authors'");
}

BenchmarkReport ReportOf(const Benchmark& benchmark, const BenchmarkRecord& run, const Scoring& scoring,
                         const BenchmarkScores& scores, const Samples& samples) {
  BenchmarkReport report{.name = run.name,
                         .title = std::string(benchmark.title),
                         .split = run.split,
                         .format = run.format,
                         .recipe = run.recipe.name,
                         .scoring = std::string(scoring.name),
                         .scores = scores.scores,
                         .samples = std::max(run.samples, static_cast<int>(samples.size()))};
  for (const SampleScore& score : scores.samples) {
    if (score.value) ++report.scored;
    if (score.value && score.undecided) ++report.undecided;
  }
  report.unscored = report.samples - report.scored;
  CountAnswers(samples, &report);
  report.most_frequent = MostFrequentAnswer(samples);
  if (report.undecided > 0) report.undecided_range = UndecidedRange(scoring, scores.samples);
  report.paper = ComparePaper(benchmark, report);
  report.judge = scores.judge;
  report.deviations = run.deviations;
  if (report.judge) AddJudgeDeviations(*report.judge, &report.deviations);
  if (scoring.name != benchmark.scorings.front().name) {
    report.deviations.push_back(fmt::format("scoring {} instead of {}", scoring.name, benchmark.scorings.front().name));
  }
  report.alarms = Alarms(report);
  return report;
}

/// The samples that `scores` (one per scoring, all over `samples`) give different values to.
ScoringComparison Compare(const Benchmark& benchmark, std::span<const BenchmarkScores> scores, const Samples& samples) {
  ScoringComparison comparison{.title = std::string(benchmark.title), .samples = static_cast<int>(samples.size())};
  for (const BenchmarkScores& one : scores) comparison.scorings.push_back(one.scoring);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const bool agree = std::all_of(scores.begin(), scores.end(), [&](const BenchmarkScores& one) {
      return one.samples[i].value == scores.front().samples[i].value;
    });
    if (agree) continue;
    DisagreeingSample sample{.split = samples[i]->sample.split, .sample_id = samples[i]->sample.id};
    if (!samples[i]->answers.empty()) sample.answer = samples[i]->answers.back();
    for (const BenchmarkScores& one : scores) {
      const SampleScore& score = one.samples[i];
      sample.readings.push_back({score.extracted, score.undecided, score.value});
    }
    comparison.disagree.push_back(std::move(sample));
  }
  return comparison;
}

void AddTotals(const std::vector<SampleRecord>& samples, Report* report) {
  Timing total;
  for (const SampleRecord& record : samples) {
    ++report->samples;
    if (record.failure) ++report->failed;
    report->tiles += record.tiles;
    report->prompt_tokens += record.prompt_tokens;
    report->new_tokens += record.new_tokens;
    total.load_image_s += record.timing.load_image_s;
    total.tile_s += record.timing.tile_s;
    total.vision_s += record.timing.vision_s;
    total.prefill_s += record.timing.prefill_s;
    total.decode_s += record.timing.decode_s;
    report->work.pictures += record.work.pictures;
    report->work.tiles += record.work.tiles;
    report->work.prefixes += record.work.prefixes;
    report->work.prefilled_tokens += record.work.prefilled_tokens;
    report->work.decode_passes += record.work.decode_passes;
  }
  report->stages = {{"load_image", total.load_image_s},
                    {"tile", total.tile_s},
                    {"vision", total.vision_s},
                    {"prefill", total.prefill_s},
                    {"decode", total.decode_s}};
}

}  // namespace

void CheckJudge(const RunRecord& run, const std::string& scoring, const BenchmarkFinder& find, const Judging& judging) {
  bool is_asked = false;
  std::vector<std::string> names;
  for (const BenchmarkRecord& record : run.benchmarks) {
    const Benchmark& benchmark = find(record.name);
    for (const Scoring* chosen : ChooseScorings(benchmark, scoring, record.scoring, judging)) {
      if (chosen->ask_judge == nullptr) continue;
      judging.CheckPrompts(benchmark, *chosen);
      is_asked = true;
    }
    for (const Scoring& each : benchmark.scorings) {
      if (each.ask_judge != nullptr) names.push_back(fmt::format("{} of {}", each.name, benchmark.name));
    }
  }
  if (is_asked || !judging.CallsJudge()) return;
  throw UsageError(fmt::format("--judge has no effect: no scoring that was chosen asks a judge; those that do: {}",
                               names.empty() ? "none" : Join(names, ", ")));
}

ScoredRun ScoreRun(const RunRecord& run, const std::vector<SampleRecord>& samples, const std::string& scoring,
                   const BenchmarkFinder& find, Judging* judging) {
  CheckJudge(run, scoring, find, *judging);
  const std::map<std::string, Samples> groups = ByBenchmark(run, samples);
  ScoredRun result;
  result.report.tool_version = run.tool.version;
  result.report.model = {.backend = run.model.backend,
                         .name = run.model.name,
                         .precision = run.model.precision,
                         .device = run.model.device,
                         .note = run.model.note};
  for (const BenchmarkRecord& record : run.benchmarks) {
    const Benchmark& benchmark = find(record.name);
    const Samples& own = groups.at(record.name);
    const std::size_t first = result.scores.size();
    for (const Scoring* chosen : ChooseScorings(benchmark, scoring, record.scoring, *judging)) {
      result.scores.push_back(ScoreAll(benchmark, *chosen, own, judging));
      result.report.benchmarks.push_back(ReportOf(benchmark, record, *chosen, result.scores.back(), own));
    }
    const std::span<const BenchmarkScores> scores = std::span(result.scores).subspan(first);
    if (scores.size() > 1) result.report.comparisons.push_back(Compare(benchmark, scores, own));
  }
  AddTotals(samples, &result.report);
  return result;
}

}  // namespace tessera
