#include "golden_circular.h"

#include "metrics/circular.h"
#include "metrics/option_match.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

using metrics::MatcherVersion;
using metrics::Option;

using Inference = std::optional<std::string> (*)(std::string_view, std::span<const Option>, MatcherVersion);

GoldenFound InferWith(Inference infer, const GoldenVector& vector, const char* answer_field) {
  const auto options = Options(vector.input.at("choices"));
  const std::string answer = PythonText(vector.input.at(answer_field));
  return {{{"option", OrNull(infer(answer, options, Version(vector)))}}};
}

GoldenFound CanInfer(const GoldenVector& vector) { return InferWith(metrics::InferOption, vector, "answer"); }

GoldenFound CanInferOption(const GoldenVector& vector) {
  return InferWith(metrics::InferOptionFromLetter, vector, "answer");
}

GoldenFound CanInferText(const GoldenVector& vector) {
  return InferWith(metrics::InferOptionFromText, vector, "answer");
}

GoldenFound NoJudge(const GoldenVector& vector) {
  return InferWith(metrics::InferOptionWithoutJudge, vector, "prediction");
}

GoldenFound JudgeLoop(const GoldenVector& vector) {
  const OrderedJson& input = vector.input;
  const auto options = Options(input.at("choices"));
  const auto replies = input.at("judge_replies").get<std::vector<std::string>>();
  const auto judged =
      metrics::InferOptionWithJudge(PythonText(input.at("prediction")), options, replies, Version(vector));
  GoldenFound found;
  found.values["option"] = OrNull(judged.option);
  found.values["calls"] = judged.calls;
  found.values["random_pool"] = judged.random_pool.empty() ? OrderedJson() : OrderedJson(judged.random_pool);
  const bool chinese = metrics::HasChinese(input.at("question").get<std::string>());
  found.values["prompt_language"] = judged.calls == 0 ? OrderedJson() : OrderedJson(chinese ? "zh" : "en");
  return found;
}

GoldenFound JudgePrompt(const GoldenVector& vector) {
  Version(vector);
  const auto options = Options(vector.input.at("choices"));
  return {{{"options_block", metrics::JudgeOptionsBlock(options)}}, {"sha256", "chars"}};
}

const Benchmark& CircularBenchmark(const GoldenVector& vector, const std::string& language = "en") {
  return KnownBenchmark(vector.benchmark == "mmbench" ? "mmbench-" + language : vector.benchmark);
}

GoldenFound CircularAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(CircularBenchmark(vector), vector.variant);
  const bool with_judge = vector.input.at("judge") != "none";
  std::vector<SampleScore> rows;
  for (const OrderedJson& row : vector.input.at("rows")) {
    const Sample sample = SampleOf(row);
    const std::string prediction = FromXlsx(row.at("prediction"));
    rows.push_back(scoring.score(sample, {.answers = {prediction}}));
    if (!with_judge || !rows.back().undecided) continue;
    std::vector<Option> options;
    for (const Choice& choice : sample.choices) options.push_back({choice.letter, choice.text});
    const std::vector<std::string> replies = {PythonText(row.at("judge_reply"))};
    const auto judged = metrics::InferOptionWithJudge(prediction, options, replies, Version(vector));
    rows.back().value = judged.option == sample.references.front() ? 1 : 0;
    rows.back().undecided = false;
  }
  GoldenFound found{{{"hit", OrderedJson::object()}, {"acc", OrderedJson::object()}}};
  const std::vector<SampleScore> groups = metrics::CircularGroups(rows);
  for (const SampleScore& group : groups) found.values["hit"][group.group] = static_cast<int>(*group.value);
  for (const metrics::SplitAccuracy& split : metrics::AccuracyTable(groups)) {
    for (const Score& column : split.columns) {
      found.values["acc"][split.split][column.name] = column.value ? OrderedJson(*column.value) : OrderedJson();
    }
  }
  return found;
}

/// The reference takes a substring of the options in turn, and so raises TypeError at the first that is not a text.
GoldenFound PostProcess(const GoldenVector& vector) {
  if (!vector.variant.starts_with("internvl-")) throw UnknownVector("unknown variant " + vector.variant);
  std::vector<Option> texts;
  bool has_number = false;
  for (const auto& [letter, text] : vector.input.at("options").items()) {
    has_number |= !text.is_string();
    texts.push_back({letter, text.is_string() && !has_number ? text.get<std::string>() : "\x01not a text"});
  }
  const std::string prediction = vector.input.at("prediction").get<std::string>();
  const auto answer = metrics::PostProcess(prediction, texts);
  const bool whole = answer && *answer == metrics::Strip(prediction) && metrics::CodePointCount(*answer) > 1;
  if (!answer || (whole && has_number)) return {{{"error", "no answer"}}};
  return {{{"answer", *answer}}};
}

GoldenFound MmBenchOfficialPrompt(const GoldenVector& vector) {
  const std::string language = vector.input.at("language").get<std::string>();
  const Recipe& recipe = RecipeOf(CircularBenchmark(vector, language), vector.variant);
  const Sample sample = SampleOf(vector.input.at("line"));
  OrderedJson letters = OrderedJson::array();
  for (const Choice& choice : sample.choices) letters.push_back(choice.letter);
  return {{{"prompt", recipe.make_prompt(sample, sample.questions.at(0))},
           {"options", letters},
           {"tiles", recipe.max_tiles}}};
}

GoldenFound MmBenchVlmEvalKitPrompt(const GoldenVector& vector) {
  const Recipe& recipe = RecipeOf(CircularBenchmark(vector), vector.variant);
  const Sample sample = SampleOf(vector.input.at("line"));
  GoldenFound found{{{"prompt", recipe.make_prompt(sample, sample.questions.at(0))}}};
  if (vector.variant == "vlmevalkit-2024-04") {
    found.values["image"] = "img1";
  } else {
    for (int i = 1; i <= vector.input.at("n_images").get<int>(); ++i) {
      found.values["images"].push_back({{"image", "img" + std::to_string(i)}, {"max_num", recipe.max_tiles}});
    }
  }
  found.values["generation"] = VlmEvalKitGeneration(recipe, vector.variant == "vlmevalkit-2024-04");
  return found;
}

}  // namespace

void AddCircularChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["mcq_can_infer"] = CanInfer;
  checks["mcq_can_infer_option"] = CanInferOption;
  checks["mcq_can_infer_text"] = CanInferText;
  checks["mcq_circular_aggregate"] = CircularAggregate;
  checks["mcq_judge_loop"] = JudgeLoop;
  checks["mcq_judge_prompt"] = JudgePrompt;
  checks["mcq_no_judge"] = NoJudge;
  checks["post_process"] = PostProcess;
  checks["prompt_internvl"] = MmBenchOfficialPrompt;
  checks["prompt_vlmevalkit"] = MmBenchVlmEvalKitPrompt;
}

}  // namespace tessera
