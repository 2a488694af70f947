#include "benchmarks/mathvista_scoring.h"

#include <algorithm>
#include <map>
#include <string>

#include "benchmarks/mathvista_data.h"
#include "benchmarks/mathvista_judge.h"
#include "benchmarks/sample_fields.h"

namespace tessera {
namespace {

using metrics::FloatPrecision;
using metrics::MatcherVersion;

SampleScore Unscored(const Sample& sample) {
  SampleScore score{.sample_id = sample.id, .tags = {{"split", sample.split}}};
  KeepTags(sample,
           {"question_type", "answer_type", "language", "source", "category", "task", "context", "grade", "skills"},
           &score);
  return score;
}

/// A float that is wrong whatever it says is not one that could not be read.
void SetPrediction(const std::optional<std::string>& prediction, const Sample& sample, FloatPrecision precision,
                   SampleScore& score) {
  const bool never_right = precision == FloatPrecision::kFails && sample.tags.at("answer_type") == "float";
  score.extracted = prediction.value_or("");
  score.undecided = !prediction && !never_right;
  score.value = prediction == sample.references.front() ? 1 : 0;
}

/// True when the number of decimals, which the comparison needs, is not stated.
bool LacksPrecision(const metrics::MathVistaProblem& problem) {
  return problem.answer_type == "float" && !problem.precision;
}

SampleScore ScoreExtraction(const Sample& sample, const Reply& reply, FloatPrecision precision) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty() || sample.references.empty()) return score;
  const metrics::MathVistaProblem problem = ProblemOf(sample);
  if (precision == FloatPrecision::kWholes && LacksPrecision(problem)) return score;
  const auto extraction = MathVistaExtraction(problem, reply);
  if (!extraction) return score;  // the judge was not asked
  const auto prediction = metrics::NormalizeExtraction(*extraction, problem, precision);
  SetPrediction(prediction, sample, precision, score);
  return score;
}

SampleScore ScorePaper(const Sample& sample, const Reply& reply) {
  return ScoreExtraction(sample, reply, FloatPrecision::kFails);
}

SampleScore ScoreCorrected(const Sample& sample, const Reply& reply) {
  return ScoreExtraction(sample, reply, FloatPrecision::kWholes);
}

/// The answer takes the place of what a judge would extract. What names no choice and is no number stays undecided: the
/// nearest choice would be a guess.
SampleScore ScoreRulesOnly(const Sample& sample, const Reply& reply) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty() || sample.references.empty()) return score;
  const metrics::MathVistaProblem problem = ProblemOf(sample);
  const std::string& answer = reply.answers.back();
  const bool by_rule = metrics::ExtractByRule(answer, problem).has_value() && !answer.empty();
  std::optional<std::string> prediction;
  if (problem.question_type == "multi_choice" && !by_rule) {
    prediction = metrics::ChoiceByLetter(answer, problem.choices);
  } else {
    prediction = metrics::NormalizeExtraction(answer, problem, FloatPrecision::kFails);
  }
  SetPrediction(prediction, sample, FloatPrecision::kFails, score);
  return score;
}

SampleScore ScoreVlmEvalKit(const Sample& sample, const Reply& reply, MatcherVersion version) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty() || sample.references.empty()) return score;
  const metrics::MathVistaRow row = RowOf(sample);
  const auto result = ResultOf(row, reply, version);
  if (!result) return score;  // the judge was not asked
  score.extracted = result->text;
  score.parts["prefetched"] = result->prefetched ? 1 : 0;
  score.value = metrics::IsMathVistaHit(result->text, row, version) ? 1 : 0;
  return score;
}

SampleScore ScoreVlmEvalKit2024(const Sample& sample, const Reply& reply) {
  return ScoreVlmEvalKit(sample, reply, MatcherVersion::kApril2024);
}

SampleScore ScoreVlmEvalKit2026(const Sample& sample, const Reply& reply) {
  return ScoreVlmEvalKit(sample, reply, MatcherVersion::kAugust2026);
}

void Add(const SampleScore& sample, Score& column) {
  if (!sample.value) {
    ++column.unscored;
    return;
  }
  ++column.scored;
  column.undecided += sample.undecided ? 1 : 0;
  column.value = column.value.value_or(0) + *sample.value;
}

/// Sums to percent, in the reference's order of operations.
void Finish(std::string name, Score& column) {
  column.name = std::move(name);
  column.unit = "percent";
  if (column.value) *column.value = *column.value / column.scored * 100;
}

std::vector<std::string> KeysOf(const SampleScore& score, const std::string& tag) {
  const auto it = score.tags.find(tag);
  if (it == score.tags.end()) return {};
  return tag == "skills" ? SplitSkills(it->second) : std::vector{it->second};
}

/// The mean, then per table the rows by falling accuracy.
std::vector<Score> Tables(std::string headline, std::span<const SampleScore> scores) {
  std::vector<Score> columns(1);
  for (const SampleScore& score : scores) Add(score, columns[0]);
  Finish(std::move(headline), columns[0]);
  for (const char* tag :
       {"question_type", "answer_type", "language", "source", "category", "task", "context", "grade", "skills"}) {
    std::map<std::string, Score> rows;
    for (const SampleScore& score : scores) {
      for (const std::string& key : KeysOf(score, tag)) Add(score, rows[key]);
    }
    std::vector<Score> table;
    for (auto& [key, row] : rows) {
      Finish(std::string(tag) + ": " + key, row);
      table.push_back(row);
    }
    std::stable_sort(table.begin(), table.end(), [](const Score& a, const Score& b) { return a.value > b.value; });
    columns.insert(columns.end(), table.begin(), table.end());
  }
  return columns;
}

std::vector<Score> AggregateOfficial(std::span<const SampleScore> scores) { return Tables("accuracy", scores); }

std::vector<Score> AggregateRulesOnly(std::span<const SampleScore> scores) {
  return Tables("accuracy without a judge (lower bound)", scores);
}

/// Per task and skill, and overall: the accuracy, and the share that needed no LLM.
std::vector<Score> AggregateVlmEvalKit(std::span<const SampleScore> scores) {
  struct Row {
    Score accuracy, prefetched;
  };
  std::map<std::string, Row> rows;
  Row overall;
  for (const SampleScore& score : scores) {
    SampleScore prefetched = score;
    if (score.value) prefetched.value = score.parts.at("prefetched");
    const auto add = [&](Row& row) {
      Add(score, row.accuracy);
      Add(prefetched, row.prefetched);
    };
    add(overall);
    for (const char* tag : {"task", "skills"}) {
      for (const std::string& key : KeysOf(score, tag)) add(rows[key]);
    }
  }
  std::vector<Score> columns;
  const auto push = [&](const std::string& name, Row row) {
    Finish(name, row.accuracy);
    Finish(name + ": prefetch rate", row.prefetched);
    columns.insert(columns.end(), {row.accuracy, row.prefetched});
  };
  push("Overall", overall);
  for (const auto& [name, row] : rows) push(name, row);
  return columns;
}

}  // namespace

std::vector<Scoring> MathVistaScorings() {
  return {{.name = "internvl-2024-04",
           .source = "InternVL eval/mathvista/extract_answer.py and calculate_score.py, whose floats are always wrong",
           .score = ScorePaper,
           .aggregate = AggregateOfficial,
           .ask_judge = AskMathVistaExtraction,
           .published_judge = "gpt-3.5-turbo"},
          {.name = "internvl-2024-12",
           .source = "InternVL eval/mathvista/calculate_score.py, December 2024, which reads the decimals correctly",
           .score = ScoreCorrected,
           .aggregate = AggregateOfficial,
           .ask_judge = AskMathVistaExtraction,
           .published_judge = "gpt-3.5-turbo"},
          {.name = "no-judge",
           .source = "the rules of internvl-2024-04 alone, a lower bound: answers in words stay undecided and wrong",
           .score = ScoreRulesOnly,
           .aggregate = AggregateRulesOnly},
          {.name = "vlmevalkit-2024-04",
           .source = "VLMEvalKit vlmeval/evaluate/mathvista_eval.py, 2024-04",
           .score = ScoreVlmEvalKit2024,
           .aggregate = AggregateVlmEvalKit,
           .ask_judge = AskMathVistaResult2024,
           .published_judge = "gpt-4-1106-preview"},
          {.name = "vlmevalkit-2026-08",
           .source = "VLMEvalKit vlmeval/dataset/utils/mathvista.py, 2026-08",
           .score = ScoreVlmEvalKit2026,
           .aggregate = AggregateVlmEvalKit,
           .ask_judge = AskMathVistaResult2026}};
}

}  // namespace tessera
