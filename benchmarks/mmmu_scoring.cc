#include "benchmarks/mmmu_scoring.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <tuple>

#include "benchmarks/choice_scoring.h"
#include "benchmarks/mmmu_data.h"
#include "benchmarks/sample_fields.h"
#include "metrics/mmmu_table.h"
#include "metrics/multi_choice_parse.h"
#include "metrics/open_answer.h"
#include "metrics/python_random.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

constexpr std::uint64_t kGuessSeed = 42;
constexpr std::string_view kHeadlineSplit = "validation";

bool IsMultipleChoice(const Sample& sample) { return TagOf(sample.tags, "question_type") == kMmmuMultipleChoice; }

/// InternVL's script strips the options when it loads them.
std::vector<metrics::Option> StrippedOptions(const Sample& sample) {
  std::vector<metrics::Option> options;
  for (const Choice& choice : sample.choices) {
    options.push_back({choice.letter, std::string(metrics::Strip(choice.text))});
  }
  return options;
}

SampleScore Unscored(const Sample& sample) {
  return {.sample_id = sample.id, .tags = {{"split", sample.split}, {"category", TagOf(sample.tags, "category")}}};
}

bool IsReference(const Sample& sample, const std::string& answer) {
  return std::find(sample.references.begin(), sample.references.end(), answer) != sample.references.end();
}

void ScoreOpen(const Sample& sample, const std::string& answer, SampleScore& score) {
  score.extracted = answer;
  if (sample.references.empty()) return;
  score.value = metrics::MatchesOpenReference(metrics::ParseOpenAnswer(answer), sample.references) ? 1 : 0;
}

/// An answer that names no option stays as it is, and is wrong.
SampleScore ScoreInternVl(const Sample& sample, const Reply& reply) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  std::string answer = reply.answers.back();
  const std::vector<metrics::Option> options = StrippedOptions(sample);
  if (!options.empty()) answer = metrics::PostProcess(answer, options).value_or("");
  if (!IsMultipleChoice(sample)) {
    ScoreOpen(sample, answer, score);
    return score;
  }
  score.extracted = answer;
  if (sample.references.empty()) return score;
  score.undecided = std::none_of(options.begin(), options.end(), [&](const auto& o) { return o.letter == answer; });
  score.value = IsReference(sample, answer) ? 1 : 0;
  return score;
}

/// Where the parser finds no letter the sample is undecided; the aggregation draws one from the tag `options`.
SampleScore ScoreAuthors(const Sample& sample, const Reply& reply) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  if (!IsMultipleChoice(sample)) {
    ScoreOpen(sample, reply.answers.back(), score);
    return score;
  }
  const auto letter = metrics::ParseMultiChoice(reply.answers.back(), OptionsOf(sample));
  score.extracted = letter.value_or("");
  if (sample.references.empty()) return score;
  score.undecided = !letter;
  score.value = letter && IsReference(sample, *letter) ? 1 : 0;
  score.tags["id"] = sample.tags.contains("id") ? sample.tags.at("id") : sample.id;
  for (const Choice& choice : sample.choices) score.tags["options"] += choice.letter;
  for (const std::string& reference : sample.references) score.tags["references"] += reference;
  return score;
}

int NumberOfId(const std::string& id) {
  const std::size_t start = id.find_last_of('_') + 1;  // 0 without one
  int number = 0;
  std::from_chars(id.data() + start, id.data() + id.size(), number);
  return number;
}

/// Draws as the authors' script does: one stream, subject by subject, in the order of the ids.
void GuessUndecided(std::vector<SampleScore>& scores) {
  std::vector<SampleScore*> open;
  for (SampleScore& score : scores) {
    if (score.undecided) open.push_back(&score);
  }
  const auto order = [](const SampleScore* score) {
    return std::tuple(score->tags.at("category"), NumberOfId(score->tags.at("id")), score->sample_id);
  };
  std::sort(open.begin(), open.end(), [&](const auto* a, const auto* b) { return order(a) < order(b); });
  metrics::PythonRandom random(kGuessSeed);
  for (SampleScore* score : open) {
    const std::string& options = score->tags.at("options");
    if (options.empty()) continue;
    const char guess = options[random.Choice(options.size())];
    score->value = score->tags.at("references").find(guess) != std::string::npos ? 1 : 0;
  }
}

/// The table of one split in percent, "Overall" first.
std::vector<Score> PercentTable(std::span<const SampleScore> scores) {
  std::vector<Score> table = metrics::MmmuTable(scores);
  std::rotate(table.begin(), table.end() - 1, table.end());
  std::erase_if(table,
                [&](const Score& column) { return column.name != "Overall" && column.scored + column.unscored == 0; });
  for (Score& column : table) {
    column.unit = "percent";
    if (column.value) *column.value *= 100;
  }
  return table;
}

using SplitTable = std::vector<Score> (*)(std::vector<SampleScore> scores);

/// The table of each split, the one that the paper reports first. The split leads the names when there are several.
std::vector<Score> PerSplit(std::span<const SampleScore> scores, SplitTable table_of) {
  std::set<std::string> names;
  for (const SampleScore& score : scores) names.insert(score.tags.at("split"));
  std::vector<std::string> splits(names.begin(), names.end());
  std::stable_partition(splits.begin(), splits.end(), [](const auto& split) { return split == kHeadlineSplit; });
  if (splits.empty()) return table_of({});
  std::vector<Score> columns;
  for (const std::string& split : splits) {
    std::vector<SampleScore> members;
    for (const SampleScore& score : scores) {
      if (score.tags.at("split") == split) members.push_back(score);
    }
    for (Score& column : table_of(std::move(members))) {
      if (splits.size() > 1) column.name = split + ": " + column.name;
      columns.push_back(std::move(column));
    }
  }
  return columns;
}

std::vector<Score> AggregateInternVl(std::span<const SampleScore> scores) {
  return PerSplit(scores, [](std::vector<SampleScore> split) { return PercentTable(split); });
}

std::vector<Score> GuessedTable(std::vector<SampleScore> scores) {
  GuessUndecided(scores);
  std::vector<Score> table = PercentTable(scores);
  Score guessed{.name = "answers guessed at random", .unit = "percent", .scored = table.front().scored};
  if (guessed.scored > 0) guessed.value = 100.0 * table.front().undecided / guessed.scored;
  table.insert(table.begin() + 1, guessed);
  return table;
}

std::vector<Score> AggregateAuthors(std::span<const SampleScore> scores) { return PerSplit(scores, GuessedTable); }

const std::vector<Scoring>& VlmEvalKitScorings() {
  static const std::vector<Scoring> kScorings = ChoiceScorings();
  return kScorings;
}

SampleScore ScoreVlmEvalKit2024(const Sample& sample, const Reply& reply) {
  return VlmEvalKitScorings()[0].score(WithOpenOptions(sample), reply);
}

SampleScore ScoreVlmEvalKit2026(const Sample& sample, const Reply& reply) {
  return VlmEvalKitScorings()[1].score(WithOpenOptions(sample), reply);
}

std::vector<Score> AggregateVlmEvalKit(std::span<const SampleScore> scores) {
  std::vector<Score> columns = VlmEvalKitScorings()[0].aggregate(scores);
  const std::string headline = std::string(kHeadlineSplit) + ": ";
  std::stable_partition(columns.begin(), columns.end(), [&](const Score& c) { return c.name.starts_with(headline); });
  return columns;
}

}  // namespace

Sample WithOpenOptions(Sample sample) {
  if (sample.references.empty()) return sample;
  const auto raw = sample.tags.find("answer");
  const std::string answer = raw == sample.tags.end() ? sample.references.front() : raw->second;
  if (sample.choices.empty() || sample.choices.front().letter != "A") {
    std::erase_if(sample.choices, [](const Choice& choice) { return choice.letter == "B"; });
    sample.choices.insert(sample.choices.begin(), {{"A", answer}, {"B", "Other Answers"}});
  }
  const bool is_letter = answer.size() == 1 && answer[0] >= 'A' && answer[0] <= 'Z';
  sample.references = {is_letter ? answer : "A"};
  return sample;
}

std::vector<Scoring> MmmuScorings() {
  return {{.name = "internvl-2024-04",
           .source = "InternVL eval/mmmu/evaluate_mmmu.py, post_process; eval/mmmu/main_eval_only.py",
           .score = ScoreInternVl,
           .aggregate = AggregateInternVl},
          {.name = "authors",
           .source = "MMMU mmmu/main_parse_and_eval.py, with its random guesses",
           .score = ScoreAuthors,
           .aggregate = AggregateAuthors},
          {.name = "vlmevalkit-2024-04",
           .source = "VLMEvalKit vlmeval/evaluate/multiple_choice.py, 2024-04, MMMU_preproc, without a judge",
           .score = ScoreVlmEvalKit2024,
           .aggregate = AggregateVlmEvalKit},
          {.name = "vlmevalkit-2026-08",
           .source = "VLMEvalKit vlmeval/dataset/utils/multiple_choice.py, 2026-08, MMMU_preproc, without a judge",
           .score = ScoreVlmEvalKit2026,
           .aggregate = AggregateVlmEvalKit}};
}

}  // namespace tessera
