#include "golden_vlmevalkit.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "benchmark_access.h"
#include "metrics/hallusion_bench.h"
#include "metrics/mmt_bench.h"
#include "metrics/vqa_text.h"
#include "metrics/yes_no.h"

namespace tessera {
namespace {

// --- OCRBench ---

Sample OcrBenchSample(const OrderedJson& item) {
  return {.references = item.at("answers").get<std::vector<std::string>>(),
          .tags = {{"category", item.at("category").get<std::string>()}}};
}

GoldenFound OcrBenchHit(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("ocrbench"), vector.variant);
  const Sample sample = OcrBenchSample(vector.input);
  const SampleScore score = scoring.score(sample, {.answers = {PythonText(vector.input.at("prediction"))}});
  return {{{"hit", static_cast<int>(score.value.value_or(0))}}};
}

GoldenFound OcrBenchAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("ocrbench"), vector.variant);
  std::vector<SampleScore> scores;
  for (const OrderedJson& item : vector.input.at("items")) {
    const OrderedJson& prediction = item.at("prediction");
    const std::string text = vector.input.at("file_format") == "xlsx" ? FromXlsx(prediction) : PythonText(prediction);
    scores.push_back(scoring.score(OcrBenchSample(item), {.answers = {text}}));
  }
  GoldenFound found;
  for (const Score& column : scoring.aggregate(scores)) {
    const double points = column.value.value_or(0);
    const bool whole = column.unit == "points";
    found.values[column.name] = whole ? OrderedJson(static_cast<int>(points)) : OrderedJson(points);
  }
  return found;
}

// --- HallusionBench ---

metrics::PeriodRule Rule(const GoldenVector& vector) {
  return Version(vector) == metrics::MatcherVersion::kApril2024 ? metrics::PeriodRule::kBeforeNoDigit
                                                                : metrics::PeriodRule::kBesideNoDigit;
}

std::string YesNoName(metrics::YesNo answer) {
  if (answer == metrics::YesNo::kOther) return "Unknown";
  return answer == metrics::YesNo::kYes ? "Yes" : "No";
}

GoldenFound ProcessPunctuation(const GoldenVector& vector) {
  return {{{"text", metrics::RemoveVqaPunctuation(vector.input.at("text").get<std::string>(), Rule(vector))}}};
}

GoldenFound YesNoExtract(const GoldenVector& vector) {
  const std::string text = PythonText(vector.input.at("text"));
  return {{{"answer", YesNoName(metrics::ExtractYesNo(text, Rule(vector)))}}};
}

/// Lets the scoring ask for judgements until it has enough; the last of `replies` repeats. Returns the temperatures.
OrderedJson Judge(const Scoring& scoring, const Sample& sample, const OrderedJson& replies, Reply& reply) {
  OrderedJson temperatures = OrderedJson::array();
  while (const auto request = scoring.ask_judge(sample, reply, {})) {
    temperatures.push_back(request->temperature.value());
    const std::size_t next = std::min(reply.judgements.size(), replies.size() - 1);
    reply.judgements.push_back(replies.at(next).get<std::string>());
  }
  return temperatures;
}

/// The reference's loop reads the replies only, so that the answer here says nothing.
GoldenFound YesNoJudgeLoop(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("hallusionbench"), vector.variant + "-judge");
  const Sample sample{.id = "VD_math_1_0_0_0", .questions = {vector.input.at("question").get<std::string>()}};
  Reply reply{.answers = {""}};
  const OrderedJson temperatures = Judge(scoring, sample, vector.input.at("judge_replies"), reply);
  return {{{"answer", scoring.score(sample, reply).extracted},
           {"calls", reply.judgements.size()},
           {"temperatures", temperatures}}};
}

GoldenFound YesNoJudgePrompt(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("hallusionbench"), vector.variant + "-judge");
  const Sample sample{.questions = {vector.input.at("question").get<std::string>()}};
  const auto request = scoring.ask_judge(sample, {.answers = {vector.input.at("prediction").get<std::string>()}},
                                         {{"hallusionbench/yorn", ""}});
  return {{{"ends_with", request.value().messages.at(0).text}}, {"sha256", "chars"}};
}

GoldenFound VerdictCode(const GoldenVector& vector) {
  const auto verdict = metrics::ParseAnswerVerdict(vector.input.at("reply").get<std::string>());
  return {{{"code", std::to_string(static_cast<int>(verdict))}}};
}

/// The printed percentages; round(.,4) as the authors' script does.
GoldenFound AuthorsAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("hallusionbench"), "authors");
  const std::map<std::string, std::string> kReplies = {{"0", "incorrect"}, {"1", "correct"}, {"2", "unclear"}};
  std::vector<SampleScore> scores;
  GoldenFound found;
  for (const OrderedJson& row : vector.input.at("rows")) {
    const auto text = [&](const char* field) { return PythonText(row.at(field)); };
    const std::string l2_category = text("category") + "_" + text("subcategory");
    const Sample sample{.id = fmt::format("{}_{}_{}_{}_{}", l2_category, text("visual_input"), text("set_id"),
                                          text("figure_id"), text("question_id")),
                        .tags = {{"category", text("category")}, {"l2-category", l2_category}}};
    scores.push_back(scoring.score(sample, {.answers = {""}, .judgements = {kReplies.at(text("code"))}}));
    found.values["correct"].push_back(static_cast<int>(scores.back().value.value()));
  }
  const auto round4 = [](double value) { return OrderedJson::parse(fmt::format("{:.4f}", value)); };
  const std::vector<Score> table = scoring.aggregate(scores);
  for (std::size_t i = 0; i < 5; ++i) found.values[table.at(i).name] = round4(table[i].value.value());
  const auto count = [&](std::size_t column) { return static_cast<int>(table.at(column).value.value()); };
  found.values["figure"] = {{"correct", count(5)},
                            {"inconsistent", count(6)},
                            {"wrong", count(7)},
                            {"total", table.at(5).scored},
                            {"score", round4(table.at(8).value.value())}};
  return found;
}

GoldenFound HallusionAggregate(const GoldenVector& vector) {
  if (vector.variant == "authors") return AuthorsAggregate(vector);
  const bool with_judge = vector.input.at("judge") != "none";
  const Scoring& scoring =
      KnownScoring(KnownBenchmark("hallusionbench"), vector.variant + (with_judge ? "-judge" : ""));
  std::vector<SampleScore> scores;
  GoldenFound found;
  for (const OrderedJson& row : vector.input.at("rows")) {
    const Sample sample = SampleOf(row);
    Reply reply{.answers = {FromXlsx(row.at("prediction"))}};
    if (with_judge) Judge(scoring, sample, row.at("judge_replies"), reply);
    scores.push_back(scoring.score(sample, reply));
    found.values["extracted"][sample.id] = scores.back().extracted;
  }
  const std::vector<Score> table = scoring.aggregate(scores);
  found.values["reported_average"] = table.at(0).value.value();
  for (std::size_t i = 1; i < table.size(); ++i) {
    const std::size_t colon = table[i].name.find(": ");
    const bool overall = colon == std::string::npos;
    const std::string subset = overall ? "Overall" : table[i].name.substr(0, colon);
    found.values["scores"][subset][overall ? table[i].name : table[i].name.substr(colon + 2)] = table[i].value.value();
  }
  return found;
}

// --- MMT-Bench ---

OrderedJson HitsJson(const std::vector<metrics::SplitAccuracy>& table) {
  OrderedJson accuracies = OrderedJson::object();
  for (const metrics::SplitAccuracy& split : table) {
    for (const Score& column : split.columns) {
      accuracies[split.split][column.name] = column.value ? OrderedJson(*column.value) : OrderedJson();
    }
  }
  return accuracies;
}

/// VLMEvalKit's code fails unless all meta-tasks occur.
std::vector<metrics::SplitAccuracy> MmtTable(const GoldenVector& vector, std::span<const SampleScore> scores) {
  if (vector.variant == "authors-2024-04") return metrics::MmtTable(scores, metrics::MetaTaskMean::kOfQuestions);
  if (vector.variant != "vlmevalkit-2026-08") throw UnknownVector("unknown variant " + vector.variant);
  std::set<std::string> meta_tasks;
  for (const SampleScore& score : scores) meta_tasks.insert(score.tags.at("l2-category"));
  if (meta_tasks.size() < metrics::kMmtMetaTasks) throw std::invalid_argument("a meta-task is missing");
  return metrics::MmtTable(scores, metrics::MetaTaskMean::kOfSubtasks);
}

GoldenFound MmtReport(const GoldenVector& vector) {
  std::vector<SampleScore> scores;
  for (const OrderedJson& row : vector.input.at("rows")) {
    const Sample sample = SampleOf(row);
    scores.push_back({.sample_id = sample.id, .value = row.at("hit").get<double>(), .tags = sample.tags});
  }
  return {HitsJson(MmtTable(vector, scores))};
}

GoldenFound MmtAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("mmtbench"), vector.variant);
  const bool with_judge = vector.input.at("judge") != "none";
  std::vector<SampleScore> scores;
  GoldenFound found;
  for (const OrderedJson& row : vector.input.at("rows")) {
    const Sample sample = SampleOf(row);
    const std::string prediction = FromXlsx(row.at("prediction"));
    SampleScore score = scoring.score(sample, {.answers = {prediction}});
    if (with_judge && score.undecided) {
      std::vector<metrics::Option> options;
      for (const Choice& choice : sample.choices) options.push_back({choice.letter, choice.text});
      const std::vector<std::string> replies = {PythonText(row.at("judge_reply"))};
      const auto judged = metrics::InferOptionWithJudge(prediction, options, replies, Version(vector));
      score.value = judged.option == sample.references.front() ? 1 : 0;
    }
    found.values["hit"][sample.id] = static_cast<int>(score.value.value());
    scores.push_back(std::move(score));
  }
  found.values["acc"] = HitsJson(MmtTable(vector, scores));
  return found;
}

// --- prompts ---

/// Recipe "paper" is VLMEvalKit 2024-04's, which shows one picture.
GoldenFound PromptWithPictures(const GoldenVector& vector) {
  const Benchmark& benchmark = KnownBenchmark(vector.benchmark);
  const bool april = Version(vector) == metrics::MatcherVersion::kApril2024;
  const Recipe& recipe = RecipeNamed(benchmark, april ? "paper" : "vlmevalkit-2026-08");
  Sample sample = SampleOf(vector.input.at("line"));
  sample.images.resize(vector.input.at("n_images").get<std::size_t>());
  GoldenFound found{{{"prompt", recipe.make_prompt(sample, sample.questions.at(0))},
                     {"generation", VlmEvalKitGeneration(recipe, april)}}};
  OrderedJson images;
  for (const PictureUse& use : recipe.choose_pictures(sample, recipe.max_tiles)) {
    images.push_back({{"image", fmt::format("img{}", use.picture + 1)}, {"max_num", use.max_tiles}});
  }
  if (april) {
    found.values["image"] = images.at(0).at("image");
  } else {
    found.values["images"] = images;
  }
  return found;
}

}  // namespace

void AddVlmEvalKitChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["gpt_reply"] = VerdictCode;
  checks["hallusionbench/aggregate"] = HallusionAggregate;
  checks["hallusionbench/prompt_vlmevalkit"] = PromptWithPictures;
  checks["mmtbench/aggregate"] = MmtAggregate;
  checks["mmtbench/prompt_vlmevalkit"] = PromptWithPictures;
  checks["mmtbench/report"] = MmtReport;
  checks["ocrbench_aggregate"] = OcrBenchAggregate;
  checks["ocrbench_hit"] = OcrBenchHit;
  checks["yorn_extract"] = YesNoExtract;
  checks["yorn_judge_loop"] = YesNoJudgeLoop;
  checks["yorn_judge_prompt"] = YesNoJudgePrompt;
  checks["yorn_process_punctuation"] = ProcessPunctuation;
}

}  // namespace tessera
