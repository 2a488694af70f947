#include "benchmarks/choice_scoring.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "benchmarks/choice_judge.h"
#include "benchmarks/sample_fields.h"
#include "benchmarks/tsv_samples.h"
#include "harness/base/error.h"
#include "metrics/circular.h"
#include "metrics/option_match.h"

namespace tessera {
namespace {

using metrics::MatcherVersion;

constexpr std::int64_t kRotation = 1'000'000;  // rotated rows have index + k * 1000000

std::optional<std::int64_t> ParseIndex(const std::string& text) {
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || index < 0) return std::nullopt;
  return index;
}

/// The index of the row whose options were not rotated. VLMEvalKit of 2026 takes a `g_index` column when there is one.
std::string MainIndex(const Sample& sample, MatcherVersion version) {
  if (version == MatcherVersion::kAugust2026) {
    if (const auto tag = sample.tags.find("g_index"); tag != sample.tags.end()) return tag->second;
  }
  return std::to_string(*ParseIndex(sample.id) % kRotation);
}

SampleScore Unscored(const Sample& sample) {
  SampleScore score{.sample_id = sample.id, .tags = {{"split", sample.split}}};
  KeepTags(sample, {"category", "l2-category"}, &score);
  return score;
}

SampleScore ScoreOnce(const Sample& sample, const Reply& reply, MatcherVersion version) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  const auto options = OptionsOf(sample);
  const bool decided = metrics::InferOption(reply.answers.back(), options, version).has_value();
  const auto option = metrics::InferOptionWithoutJudge(reply.answers.back(), options, version);
  score.extracted = option.value_or("");
  if (sample.references.empty()) return score;  // a test split
  score.undecided = !decided;
  score.value = option == sample.references.front() ? 1 : 0;
  return score;
}

SampleScore ScoreOnce2024(const Sample& sample, const Reply& reply) {
  return ScoreOnce(sample, reply, MatcherVersion::kApril2024);
}

SampleScore ScoreOnce2026(const Sample& sample, const Reply& reply) {
  return ScoreOnce(sample, reply, MatcherVersion::kAugust2026);
}

SampleScore ScoreJudged(const Sample& sample, const Reply& reply, MatcherVersion version) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  const auto option = JudgedChoice(sample, reply, version);
  score.extracted = option.value_or("");
  if (sample.references.empty()) return score;  // a test split
  score.undecided = !option;
  score.value = option == sample.references.front() ? 1 : 0;
  return score;
}

SampleScore ScoreJudged2024(const Sample& sample, const Reply& reply) {
  return ScoreJudged(sample, reply, MatcherVersion::kApril2024);
}

SampleScore ScoreJudged2026(const Sample& sample, const Reply& reply) {
  return ScoreJudged(sample, reply, MatcherVersion::kAugust2026);
}

/// A rotation of a question. The judge has said nothing where no judge is asked.
SampleScore ScoreRotation(const Sample& sample, const Reply& reply, MatcherVersion version) {
  SampleScore score = ScoreJudged(sample, reply, version);
  score.group = MainIndex(sample, version);
  return score;
}

SampleScore ScoreRotation2024(const Sample& sample, const Reply& reply) {
  return ScoreRotation(sample, reply, MatcherVersion::kApril2024);
}

SampleScore ScoreRotation2026(const Sample& sample, const Reply& reply) {
  return ScoreRotation(sample, reply, MatcherVersion::kAugust2026);
}

/// The reference's accuracy table in percent. The split leads the names only when the file mixes splits.
std::vector<Score> Aggregate(std::span<const SampleScore> scores) {
  const auto table = metrics::AccuracyTable(scores);
  std::vector<Score> columns;
  for (const metrics::SplitAccuracy& split : table) {
    for (Score column : split.columns) {
      if (table.size() > 1) column.name = split.split + ": " + column.name;
      if (column.value) *column.value *= 100;
      column.unit = "percent";
      columns.push_back(std::move(column));
    }
  }
  if (columns.empty()) columns.push_back({.name = "Overall", .unit = "percent"});
  return columns;
}

std::vector<Score> AggregateCircular(std::span<const SampleScore> scores) {
  return Aggregate(metrics::CircularGroups(scores));
}

/// `rules` (2024, then 2026), and after them the same with a judge for what the rules cannot read.
std::vector<Scoring> WithJudges(std::vector<Scoring> rules, decltype(Scoring::score) score_2024,
                                decltype(Scoring::score) score_2026) {
  std::vector<Scoring> scorings = rules;
  for (Scoring& scoring : rules) {
    const bool is_2024 = scoring.name == "vlmevalkit-2024-04";
    scoring.name = is_2024 ? "vlmevalkit-2024-04-judge" : "vlmevalkit-2026-08-judge";
    scoring.source =
        "VLMEvalKit, extract_answer_from_item: 3 calls of a judge; then undecided, where the published evaluation "
        "draws "
        "an option at random";
    scoring.score = is_2024 ? score_2024 : score_2026;
    scoring.ask_judge = is_2024 ? AskChoiceJudge2024 : AskChoiceJudge2026;
    scoring.published_judge = is_2024 ? "gpt-3.5-turbo-0613" : "gpt-4o-mini";
    scoring.judge_texts = ChoiceJudgeTexts();
    scoring.judge_checks = ChoiceJudgeChecks();
    scorings.push_back(scoring);
  }
  return scorings;
}

}  // namespace

std::vector<Sample> LoadChoiceTsv(const std::filesystem::path& folder, const DataSource& source) {
  return ReadTsvSamples(folder / source.files.front(), source.split);
}

std::vector<Sample> LoadCircularTsv(const std::filesystem::path& folder, const DataSource& source) {
  const std::filesystem::path file = folder / source.files.front();
  std::vector<Sample> samples = ReadTsvSamples(file, source.split);
  for (const Sample& sample : samples) {
    std::string main_index = sample.id;
    if (const auto tag = sample.tags.find("g_index"); tag != sample.tags.end()) main_index = tag->second;
    for (const std::string& index : {sample.id, main_index}) {
      if (ParseIndex(index)) continue;
      throw InputError(fmt::format("{}: sample {}: expected an index that is a whole number, found \"{}\"",
                                   file.string(), sample.id, index));
    }
  }
  return samples;
}

std::vector<Scoring> ChoiceScorings() {
  return WithJudges({{.name = "vlmevalkit-2024-04",
                      .source = "VLMEvalKit vlmeval/evaluate/multiple_choice.py, 2024-04, without a judge",
                      .score = ScoreOnce2024,
                      .aggregate = Aggregate},
                     {.name = "vlmevalkit-2026-08",
                      .source = "VLMEvalKit vlmeval/dataset/utils/multiple_choice.py, 2026-08, without a judge",
                      .score = ScoreOnce2026,
                      .aggregate = Aggregate}},
                    ScoreJudged2024, ScoreJudged2026);
}

std::vector<Scoring> CircularScorings() {
  return WithJudges(
      {{.name = "vlmevalkit-2024-04",
        .source = "VLMEvalKit vlmeval/evaluate/multiple_choice.py, 2024-04, circular evaluation without a judge",
        .score = ScoreRotation2024,
        .aggregate = AggregateCircular},
       {.name = "vlmevalkit-2026-08",
        .source = "VLMEvalKit vlmeval/dataset/utils/multiple_choice.py, 2026-08, circular evaluation without a judge",
        .score = ScoreRotation2026,
        .aggregate = AggregateCircular}},
      ScoreRotation2024, ScoreRotation2026);
}

}  // namespace tessera
