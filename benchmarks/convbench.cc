// ConvBench: dialogues of three turns on one picture (perception, reasoning, creation), judged against a human's.
// Source: ConvBench, ConvBenchEval/convbencheval.py; protocol/convbench.md.
#include <fmt/format.h>

#include "benchmarks/benchmark.h"
#include "benchmarks/convbench_data.h"
#include "benchmarks/convbench_judge.h"
#include "benchmarks/prompts.h"
#include "metrics/convbench_verdict.h"

namespace tessera {
namespace {

constexpr int kRows = 578;
constexpr int kDenominator = 577;  // the authors', although their sheet has 578 rows
constexpr std::array<const char*, 4> kScoreNames = {"S1", "S2", "S3", "S0"};

std::string MakePrompt(const Sample&, std::string_view question) { return std::string(question); }

SampleScore Unscored(const Sample& sample) { return {.sample_id = sample.id}; }

/// The dialogue's R1 as `value`, its turns in `parts`.
void SetParts(const std::array<double, 4>& values, SampleScore& score) {
  for (std::size_t i = 0; i < values.size(); ++i) score.parts[kScoreNames[i]] = values[i];
  score.value = metrics::WithMeans(values[0], values[1], values[2], values[3]).r1;
}

/// A turn that nobody wins by any reading is lost and undecided.
SampleScore ScorePairwise(const Sample& sample, const Reply& reply) {
  SampleScore score = Unscored(sample);
  const auto position = sample.tags.find(convbench::kPosition);
  const ConvBenchProgress progress = ReadConvBenchReplies(reply.judgements, ConvBenchGrading::kPairwise);
  if (position == sample.tags.end() || progress.needs_extraction || progress.turns.size() != 4) return score;
  const char model = position->second == "0" ? 'A' : 'B';
  std::array<double, 4> wins{};
  for (std::size_t i = 0; i < wins.size(); ++i) {
    const ConvBenchProgress::Turn& turn = progress.turns[i];
    metrics::ConvBenchVerdict verdict{.judge_text = turn.judge_text};
    if (turn.reading) verdict.letter = static_cast<char>(*turn.reading);
    const char winner = metrics::FinalConvBenchVerdict(verdict);
    wins[i] = winner == model ? 1 : 0;
    score.undecided |= winner == 'C';
    score.extracted += winner;
  }
  SetParts(wins, score);
  return score;
}

/// A turn without a grade has no part, and then the dialogue has no value.
SampleScore ScoreDirect(const Sample& sample, const Reply& reply) {
  SampleScore score = Unscored(sample);
  const ConvBenchProgress progress = ReadConvBenchReplies(reply.judgements, ConvBenchGrading::kDirect);
  if (progress.needs_extraction || progress.turns.size() != 4) return score;
  std::array<double, 4> grades{};
  bool is_complete = true;
  for (std::size_t i = 0; i < grades.size(); ++i) {
    const std::optional<int> grade = progress.turns[i].reading;
    is_complete &= grade.has_value();
    score.extracted += fmt::format("{}{}", i == 0 ? "" : " ", grade ? std::to_string(*grade) : "?");
    grades[i] = grade.value_or(0);
    if (grade) score.parts[kScoreNames[i]] = *grade;
  }
  if (is_complete) SetParts(grades, score);
  return score;
}

/// R1, R2, S1, S2, S3, S0, all over the dialogues of `count`.
std::vector<Score> Columns(const metrics::ConvBenchScores& scores, const Score& count) {
  std::vector<Score> columns;
  const std::pair<const char*, double> values[] = {{"R1", scores.r1}, {"R2", scores.r2}, {"S1", scores.s1},
                                                   {"S2", scores.s2}, {"S3", scores.s3}, {"S0", scores.s0}};
  for (const auto& [name, value] : values) {
    columns.push_back(count);
    columns.back().name = name + count.name;
    if (count.scored > 0) columns.back().value = value;
  }
  return columns;
}

/// Wins of 577, as the authors count; a dialogue that was not judged is taken out of the 577. A run of part of the data
/// is over what it has, and its scores say so.
std::vector<Score> AggregatePairwise(std::span<const SampleScore> scores) {
  Score count{.unit = "percent"};
  std::array<double, 4> wins{};
  double r1 = 0;
  for (const SampleScore& score : scores) {
    if (!score.value) {
      ++count.unscored;
      continue;
    }
    ++count.scored;
    count.undecided += score.undecided ? 1 : 0;
    r1 += *score.value;
    for (std::size_t i = 0; i < wins.size(); ++i) wins[i] += score.parts.at(kScoreNames[i]);
  }
  const int asked = static_cast<int>(scores.size());
  const bool is_whole = asked >= kDenominator;
  if (!is_whole) count.name = fmt::format(" ({} of {} dialogues)", asked, kRows);
  const double denominator = is_whole ? std::max(1, kDenominator - count.unscored) : std::max(1, count.scored);
  const auto percent = [&](std::size_t i) { return wins[i] / denominator * 100; };
  metrics::ConvBenchScores rates = metrics::WithMeans(percent(0), percent(1), percent(2), percent(3));
  rates.r1 = r1 / denominator * 100;  // the same, from the values, which a range over undecided verdicts changes
  return Columns(rates, count);
}

/// Mean grades over the dialogues that have one for the turn.
std::vector<Score> AggregateDirect(std::span<const SampleScore> scores) {
  Score count{.unit = "points"};
  std::array<double, 4> sums{};
  std::array<int, 4> graded{};
  for (const SampleScore& score : scores) {
    ++(score.value ? count.scored : count.unscored);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const auto part = score.parts.find(kScoreNames[i]);
      if (part == score.parts.end()) continue;
      sums[i] += part->second;
      ++graded[i];
    }
  }
  const auto mean = [&](std::size_t i) { return sums[i] / std::max(1, graded[i]); };
  std::vector<Score> columns = Columns(metrics::WithMeans(mean(0), mean(1), mean(2), mean(3)), count);
  for (std::size_t i = 0; i < graded.size(); ++i) {
    columns[i + 2].scored = graded[i];
    columns[i + 2].unscored = static_cast<int>(scores.size()) - graded[i];
  }
  return columns;
}

std::vector<DataSource> Sources() {
  std::vector<DataSource> sources;
  const auto add = [&](std::string_view format, std::string_view split, std::vector<std::string_view> files, int rows) {
    sources.push_back(
        {.format = format, .split = split, .files = std::move(files), .rows = rows, .load = LoadConvBench});
  };
  for (const std::string_view sheet : {"ConvBench.xlsx", "ConvBench.tsv"}) {
    for (const std::string_view positions :
         {"ConvBenchEval/pairwise.npy", "pairwise.npy", "convbench_positions.json"}) {
      add("official", "test", {sheet, positions}, kRows);
    }
  }
  for (const std::string_view sheet : {"ConvBench.xlsx", "ConvBench.tsv"}) add("sheet", "test", {sheet}, kRows);
  add("text-100", "sample", {"ConvBench_text_100.tsv"}, 100);
  return sources;
}

constexpr std::string_view kTable = "arXiv 2404.16821, Table 3";

}  // namespace

const Benchmark& ConvBench() {
  static const Benchmark kConvBench{
      .name = "convbench",
      .title = "ConvBench",
      .about = "dialogues of three turns, judged against a human's answers by an LLM",
      .data = Sources(),
      .recipes = {{.name = "paper",
                   .source = "the model's own chat; the authors' script is not published",
                   .make_prompt = MakePrompt,
                   .system_message = kAprilSystemMessage,
                   .max_tiles = 6,
                   .max_new_tokens = 1024,
                   .differences = {"6 tiles, 1024 new tokens and greedy search are assumed: the published run does not "
                                   "state them"}}},
      .scorings = {{.name = "pairwise",
                    .source = "ConvBench ConvBenchEval/convbencheval.py",
                    .score = ScorePairwise,
                    .aggregate = AggregatePairwise,
                    .ask_judge = AskConvBenchPairwise,
                    .published_judge = "gpt-3.5-turbo",
                    .judge_texts = ConvBenchTextNames(ConvBenchGrading::kPairwise),
                    .judge_checks = ConvBenchPairwiseChecks()},
                   {.name = "direct",
                    .source = "ConvBench ConvBenchEval/prompts.py; the script is not published, the reading is ours",
                    .score = ScoreDirect,
                    .aggregate = AggregateDirect,
                    .ask_judge = AskConvBenchDirect,
                    .published_judge = "gpt-3.5-turbo",
                    .judge_texts = ConvBenchTextNames(ConvBenchGrading::kDirect)}},
      .paper = {{.split = "test", .value = 17.65, .unit = "percent", .source = kTable},
                {.split = "test", .value = 5.60, .unit = "points", .source = kTable}}};
  return kConvBench;
}

}  // namespace tessera
