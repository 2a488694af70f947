// Source: VLMEvalKit vlmeval/evaluate/yes_or_no.py; HallusionBench utils.py; protocol/hallusionbench.md.
#include "benchmarks/hallusion_scoring.h"

#include <fmt/format.h>

#include <set>

#include "benchmarks/sample_fields.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "metrics/hallusion_bench.h"
#include "metrics/yes_no.h"

namespace tessera {
namespace {

using metrics::AnswerVerdict;
using metrics::PeriodRule;
using metrics::YesNo;

/// Category, subcategory, visual input, set, figure, question.
std::vector<std::string> IndexParts(const std::string& index) {
  std::vector<std::string> parts = Split(index, '_');
  if (parts.size() >= 6) return parts;
  throw InputError(fmt::format("HallusionBench index \"{}\": expected six parts with _ between them, found {}", index,
                               parts.size()));
}

// --- scoring by VLMEvalKit ---

SampleScore Unscored(const Sample& sample) {
  const std::vector<std::string> parts = IndexParts(sample.id);
  const std::string l2_category = TagOf(sample.tags, "l2-category");
  return {.sample_id = sample.id,
          .group = l2_category + "_" + parts[3],
          .tags = {{"split", sample.split},
                   {"category", TagOf(sample.tags, "category")},
                   {"l2-category", l2_category},
                   {"visual_input", parts[2]},
                   {"figure", parts[4]},
                   {"question", parts[5]}}};
}

SampleScore ScoreYesNo(const Sample& sample, const Reply& reply, PeriodRule rule) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  YesNo answer = metrics::ExtractYesNo(reply.answers.back(), rule);
  if (answer == YesNo::kOther) answer = metrics::YesNoOfJudge(reply.judgements, rule);
  score.extracted = answer == YesNo::kOther ? "Unknown" : answer == YesNo::kYes ? "Yes" : "No";
  if (sample.references.empty()) return score;
  score.undecided = answer == YesNo::kOther;
  score.value = score.extracted == sample.references.front() ? 1 : 0;
  return score;
}

SampleScore Score2024(const Sample& sample, const Reply& reply) {
  return ScoreYesNo(sample, reply, PeriodRule::kBeforeNoDigit);
}

SampleScore Score2026(const Sample& sample, const Reply& reply) {
  return ScoreYesNo(sample, reply, PeriodRule::kBesideNoDigit);
}

std::string QuestionKey(const SampleScore& score) { return score.group + "_" + score.tags.at("question"); }
std::string FigureKey(const SampleScore& score) { return score.group + "_" + score.tags.at("figure"); }

/// aAcc, fAcc and qAcc of the samples whose tag `tag` is `value`; of all when `tag` is empty.
std::vector<Score> Accuracies(std::span<const SampleScore> scores, const std::string& tag, const std::string& value) {
  std::vector<SampleScore> subset;
  for (const SampleScore& score : scores) {
    if (tag.empty() || score.tags.at(tag) == value) subset.push_back(score);
  }
  const std::string prefix = tag.empty() ? "" : value + ": ";
  const auto by_sample = [](const SampleScore& score) { return score.sample_id; };
  return {metrics::AllRightPercent(prefix + "aAcc", subset, by_sample),
          metrics::AllRightPercent(prefix + "fAcc", subset, FigureKey),
          metrics::AllRightPercent(prefix + "qAcc", subset, QuestionKey)};
}

std::vector<Score> AggregateYesNo(std::span<const SampleScore> scores) {
  const std::vector<Score> overall = Accuracies(scores, "", "");
  Score mean = overall.front();
  mean.name = "mean of aAcc, fAcc, qAcc";
  mean.value.reset();
  if (overall[0].value && overall[1].value && overall[2].value) {
    mean.value = (*overall[0].value + *overall[1].value + *overall[2].value) / 3;
  }
  std::vector<Score> table = {mean};
  table.insert(table.end(), overall.begin(), overall.end());
  for (const char* tag : {"category", "l2-category"}) {
    std::set<std::string> values;
    for (const SampleScore& score : scores) values.insert(score.tags.at(tag));
    for (const std::string& value : values) {
      const std::vector<Score> accuracies = Accuracies(scores, tag, value);
      table.insert(table.end(), accuracies.begin(), accuracies.end());
    }
  }
  return table;
}

// --- judges ---

/// In our own words; the published text has the same parts.
constexpr std::string_view kYesNoInstruction =
    "You are given a yes/no question and somebody's answer to it. Say which of the two the answer means.\n"
    "Write one word and nothing else: Yes, No, or Unknown where the answer means neither.\n"
    "First example:\nQuestion: Does the picture show a bridge?\nAnswer: A bridge crosses the river.\n"
    "Your output: Yes\n"
    "Second example:\nQuestion: Are the two lines equally long?\nAnswer: The upper line is longer than the lower one.\n"
    "Your output: No\n"
    "Third example:\nQuestion: Is the bus red?\nAnswer: A bus stands at a stop.\n"
    "Your output: Unknown\n"
    "Now do the same with this one.\n";

constexpr std::string_view kVerdictInstruction =
    "You mark answers to questions. Compare the answer with the reference, which is true.\n"
    "Write one word and nothing else: correct where the answer agrees with the reference, incorrect where it "
    "contradicts it, unclear where it does neither or says that it cannot tell.\n";

std::optional<JudgeRequest> AskYesNo(const Sample& sample, const Reply& reply, const JudgeTexts& texts,
                                     PeriodRule rule) {
  const std::size_t calls = reply.judgements.size();
  if (reply.answers.empty() || calls >= metrics::kMaxYesNoJudgements) return std::nullopt;
  const std::string& answer = reply.answers.back();
  if (metrics::ExtractYesNo(answer, rule) != YesNo::kOther) return std::nullopt;
  if (metrics::YesNoOfJudge(reply.judgements, rule) != YesNo::kOther) return std::nullopt;
  const std::string text = fmt::format(
      "{}Question: {}?\nAnswer: {}\nYour output: ", JudgeText(texts, "hallusionbench/yorn", kYesNoInstruction),
      sample.questions.front(), answer);
  return JudgeRequest{
      .messages = {{"user", text}}, .max_tokens = 1024, .temperature = 0.5 * static_cast<double>(calls)};
}

std::optional<JudgeRequest> Ask2024(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return AskYesNo(sample, reply, texts, PeriodRule::kBeforeNoDigit);
}

std::optional<JudgeRequest> Ask2026(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  return AskYesNo(sample, reply, texts, PeriodRule::kBesideNoDigit);
}

std::optional<JudgeRequest> AskVerdict(const Sample& sample, const Reply& reply, const JudgeTexts& texts) {
  if (reply.answers.empty() || !reply.judgements.empty()) return std::nullopt;
  const std::string text =
      fmt::format("{}Question: {}\nReference: {}\nAnswer: {}\nYour output: ",
                  JudgeText(texts, "hallusionbench/verdict", kVerdictInstruction), sample.questions.front(),
                  TagOf(sample.tags, "gt_answer_details"), reply.answers.back());
  return JudgeRequest{.messages = {{"user", text}}};
}

// --- scoring by the authors ---

/// A question of VS without its figure, which is figure 0.
bool IsTextOnly(const SampleScore& score) {
  return score.tags.at("category") == "VS" && score.tags.at("figure") == "0";
}

/// Without a picture "unclear" is right. Without a verdict the answer is undecided.
SampleScore ScoreVerdict(const Sample& sample, const Reply& reply) {
  SampleScore score = Unscored(sample);
  if (reply.answers.empty()) return score;
  score.undecided = reply.judgements.empty();
  score.value = 0;
  if (score.undecided) return score;
  const AnswerVerdict verdict = metrics::ParseAnswerVerdict(reply.judgements.front());
  const bool is_unclear = verdict == AnswerVerdict::kUnclear;
  score.extracted = is_unclear ? "unclear" : verdict == AnswerVerdict::kCorrect ? "correct" : "incorrect";
  score.value = verdict == AnswerVerdict::kCorrect || (is_unclear && IsTextOnly(score)) ? 1 : 0;
  return score;
}

/// Questions about changed figures are hard, all others easy; a question is right when it is for all its figures.
std::string DifficultyKey(const SampleScore& score, bool hard) {
  return (score.tags.at("visual_input") == "2") == hard ? QuestionKey(score) : "";
}

std::vector<Score> AggregateVerdicts(std::span<const SampleScore> scores) {
  const auto figure = [](const SampleScore& score) { return IsTextOnly(score) ? "" : FigureKey(score); };
  std::vector<Score> table = {
      metrics::AllRightPercent("aAcc", scores, [](const SampleScore& score) { return score.sample_id; }),
      metrics::AllRightPercent("fAcc", scores, figure), metrics::AllRightPercent("qAcc", scores, QuestionKey),
      metrics::AllRightPercent("easy", scores, [](const SampleScore& score) { return DifficultyKey(score, false); }),
      metrics::AllRightPercent("hard", scores, [](const SampleScore& score) { return DifficultyKey(score, true); })};
  const metrics::Consistency figures = metrics::GroupConsistency(scores, figure);
  Score column{
      .unit = "figures", .scored = figures.right + figures.wrong + figures.mixed, .unscored = figures.unscored};
  const auto add = [&](const char* name, double value) {
    column.name = name;
    if (column.scored > 0) column.value = value;
    table.push_back(column);
  };
  add("figures all right", figures.right);
  add("figures partly right", figures.mixed);
  add("figures all wrong", figures.wrong);
  column.unit = "fraction";
  add("mean share right per figure", figures.mean_share);
  return table;
}

}  // namespace

std::vector<Scoring> HallusionScorings() {
  const Scoring rules_2024{.name = "vlmevalkit-2024-04",
                           .source = "VLMEvalKit vlmeval/evaluate/yes_or_no.py, 2024-04, Hallusion_rating",
                           .score = Score2024,
                           .aggregate = AggregateYesNo};
  const Scoring rules_2026{.name = "vlmevalkit-2026-08",
                           .source = "VLMEvalKit vlmeval/dataset/utils/yorn.py, 2026-08, Hallusion_rating",
                           .score = Score2026,
                           .aggregate = AggregateYesNo};
  Scoring judge_2024 = rules_2024;
  judge_2024.name = "vlmevalkit-2024-04-judge";
  judge_2024.ask_judge = Ask2024;
  judge_2024.published_judge = "gpt-3.5-turbo-0613";
  judge_2024.judge_texts = {"hallusionbench/yorn"};
  judge_2024.judge_checks = {{.sample = {.questions = {"Is A bigger than B"}},
                              .reply = {.answers = {"I think so"}},
                              .sha256 = {"be59eb9e1a37d21951e1ac732616e9b86099fc5f386236b6455521a9ea0041a2"}}};
  Scoring judge_2026 = rules_2026;
  judge_2026.name = "vlmevalkit-2026-08-judge";
  judge_2026.ask_judge = Ask2026;
  judge_2026.judge_texts = judge_2024.judge_texts;
  judge_2026.judge_checks = judge_2024.judge_checks;
  return {rules_2024,
          rules_2026,
          judge_2024,
          judge_2026,
          {.name = "authors",
           .source = "HallusionBench utils.py and evaluation.py, over the questions that have a picture",
           .score = ScoreVerdict,
           .aggregate = AggregateVerdicts,
           .ask_judge = AskVerdict,
           .published_judge = "gpt-4",
           .judge_texts = {"hallusionbench/verdict"},
           .judge_checks = {
               {.sample = {.questions = {"Is A bigger than B"}, .tags = {{"gt_answer_details", "A is bigger."}}},
                .reply = {.answers = {"I think so"}}}}}};
}

}  // namespace tessera
