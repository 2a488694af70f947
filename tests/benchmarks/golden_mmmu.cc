#include "golden_mmmu.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "benchmark_access.h"
#include "benchmarks/mmmu_data.h"
#include "benchmarks/mmmu_scoring.h"
#include "harness/base/error.h"
#include "metrics/circular.h"
#include "metrics/mmmu_table.h"
#include "metrics/multi_choice_parse.h"
#include "metrics/open_answer.h"
#include "metrics/python_literal.h"
#include "metrics/python_random.h"
#include "metrics/python_rounding.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

void RequireVariant(const GoldenVector& vector, const std::string& variant) {
  if (vector.variant != variant) throw UnknownVector("unknown variant " + vector.variant);
}

/// A number as JSON holds it; those that JSON cannot hold are texts.
OrderedJson NumberJson(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return value;
}

std::vector<std::string> TextOrList(const OrderedJson& value) {
  if (value.is_array()) return value.get<std::vector<std::string>>();
  return {value.get<std::string>()};
}

// --- Python's random numbers ---

std::uint64_t SeedOf(const GoldenVector& vector) {
  const auto seed = vector.input.at("seed").get<std::int64_t>();
  return static_cast<std::uint64_t>(std::abs(seed));
}

GoldenFound PyRandomU32(const GoldenVector& vector) {
  RequireVariant(vector, "cpython");
  metrics::PythonRandom random(SeedOf(vector));
  OrderedJson values = OrderedJson::array();
  for (int i = 0; i < vector.input.at("count").get<int>(); ++i) values.push_back(random.Next());
  return {{{"values", values}}};
}

GoldenFound PyRandomChoice(const GoldenVector& vector) {
  RequireVariant(vector, "cpython");
  metrics::PythonRandom random(SeedOf(vector));
  OrderedJson indices = OrderedJson::array();
  for (const OrderedJson& length : vector.input.at("lengths")) {
    indices.push_back(random.Choice(length.get<std::size_t>()));
  }
  return {{{"indices", indices}}};
}

// --- MMMU: the authors' parser ---

/// The options in the order of `all_choices`.
std::vector<metrics::Option> ChoicesOf(const OrderedJson& input) {
  std::vector<metrics::Option> options;
  for (const OrderedJson& letter : input.at("all_choices")) {
    options.push_back({letter.get<std::string>(), PythonText(input.at("index2ans").at(letter.get<std::string>()))});
  }
  return options;
}

GoldenFound ParseMultiChoiceVector(const GoldenVector& vector) {
  RequireVariant(vector, "authors");
  const auto options = ChoicesOf(vector.input);
  const auto letter = metrics::ParseMultiChoice(vector.input.at("response").get<std::string>(), options);
  metrics::PythonRandom random(SeedOf(vector));
  return {{{"pred", letter ? *letter : options[random.Choice(options.size())].letter}, {"random_fallback", !letter}}};
}

GoldenFound ParseMultiChoiceSequence(const GoldenVector& vector) {
  RequireVariant(vector, "authors");
  const auto options = ChoicesOf(vector.input);
  metrics::PythonRandom random(SeedOf(vector));
  OrderedJson letters = OrderedJson::array();
  for (const OrderedJson& response : vector.input.at("responses")) {
    const auto letter = metrics::ParseMultiChoice(response.get<std::string>(), options);
    letters.push_back(letter ? *letter : options[random.Choice(options.size())].letter);
  }
  return {{{"preds", letters}}};
}

GoldenFound ParseOpen(const GoldenVector& vector) {
  RequireVariant(vector, "authors");
  std::vector<std::string> texts, nonfinite;
  std::vector<double> numbers;
  for (const metrics::OpenValue& value : metrics::ParseOpenAnswer(vector.input.at("response").get<std::string>())) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      texts.push_back(*text);
    } else if (const double number = std::get<double>(value); std::isfinite(number)) {
      numbers.push_back(number);
    } else {
      nonfinite.push_back(NumberJson(number).get<std::string>());
    }
  }
  const auto sorted_once = [](auto values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  };
  return {{{"strings", sorted_once(texts)}, {"numbers", sorted_once(numbers)}, {"nonfinite", sorted_once(nonfinite)}}};
}

GoldenFound ExtractNumbersVector(const GoldenVector& vector) {
  RequireVariant(vector, "authors");
  return {{{"numbers", metrics::ExtractNumbers(vector.input.at("text").get<std::string>())}}};
}

GoldenFound NormalizeStr(const GoldenVector& vector) {
  RequireVariant(vector, "authors");
  OrderedJson values = OrderedJson::array();
  for (const metrics::OpenValue& value : metrics::NormalizeOpen(vector.input.at("text").get<std::string>())) {
    const auto* number = std::get_if<double>(&value);
    values.push_back(number != nullptr ? NumberJson(*number) : OrderedJson(std::get<std::string>(value)));
  }
  return {{{"values", values}}};
}

/// `mmmu`'s scorings on one answer.
bool IsRight(const GoldenVector& vector, std::string_view type, const OrderedJson& references,
             const std::string& answer) {
  RequireVariant(vector, "authors");
  const Sample sample{.references = TextOrList(references), .tags = {{"question_type", std::string(type)}}};
  const Scoring& scoring = KnownScoring(KnownBenchmark("mmmu"), "internvl-2024-04");
  return scoring.score(sample, {.answers = {answer}}).value.value() == 1;
}

GoldenFound EvalOpen(const GoldenVector& vector) {
  return {{{"correct", IsRight(vector, "open", vector.input.at("gold"), vector.input.at("response"))}}};
}

GoldenFound EvalMultiChoice(const GoldenVector& vector) {
  return {{{"correct", IsRight(vector, kMmmuMultipleChoice, vector.input.at("gold"), vector.input.at("pred"))}}};
}

// --- MMMU: tables ---

OrderedJson InternVlTable(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("mmmu"), vector.variant);
  std::vector<SampleScore> scores;
  for (const auto& [id, output] : vector.input.at("outputs").items()) {
    const OrderedJson& answer = vector.input.at("answers").at(id);
    Sample sample{.id = id, .references = TextOrList(answer.at("ground_truth"))};
    sample.tags["question_type"] = answer.at("question_type").get<std::string>();
    sample.tags["category"] = metrics::MmmuSubjectOfId(id);
    scores.push_back(scoring.score(sample, {.answers = {output.get<std::string>()}}));
  }
  OrderedJson table;
  for (const Score& column : metrics::MmmuTable(scores)) {
    table[column.name] = {{"num", column.scored}, {"acc", metrics::PythonRound(column.value.value_or(0), 3)}};
  }
  return table;
}

GoldenFound MmmuAggregate(const GoldenVector& vector) {
  if (vector.variant == "internvl-2024-04") return {InternVlTable(vector)};
  const Scoring& scoring = KnownScoring(KnownBenchmark("mmmu"), vector.variant);
  const bool with_judge = vector.input.at("judge") != "none";
  GoldenFound found{{{"hit", OrderedJson::object()}, {"acc", OrderedJson::object()}}};
  std::vector<SampleScore> scores;
  for (const OrderedJson& row : vector.input.at("rows")) {
    const Sample sample = SampleOf(row);
    const std::string prediction = FromXlsx(row.at("prediction"));
    SampleScore& score = scores.emplace_back(scoring.score(sample, {.answers = {prediction}}));
    if (with_judge && score.undecided) {
      std::vector<metrics::Option> options;
      for (const Choice& choice : WithOpenOptions(sample).choices) options.push_back({choice.letter, choice.text});
      const std::vector<std::string> replies = {PythonText(row.at("judge_reply"))};
      const auto judged = metrics::InferOptionWithJudge(prediction, options, replies, Version(vector));
      score.value = judged.option == WithOpenOptions(sample).references.front() ? 1 : 0;
    }
    found.values["hit"][sample.id] = static_cast<int>(*score.value);
  }
  for (const metrics::SplitAccuracy& split : metrics::AccuracyTable(scores)) {
    for (const Score& column : split.columns) {
      found.values["acc"][split.split][column.name] = column.value ? OrderedJson(*column.value) : OrderedJson();
    }
  }
  return found;
}

// --- MMMU: prompts and pictures ---

GoldenFound MmmuOfficialPrompt(const GoldenVector& vector) {
  const OrderedJson& input = vector.input;
  const std::string recipe_name = vector.variant == "internvl-2024-12" ? vector.variant : "paper";
  if (recipe_name == "paper") RequireVariant(vector, "internvl-2024-04");
  const Recipe& recipe = RecipeNamed(KnownBenchmark("mmmu"), recipe_name);
  Sample sample{.questions = {input.at("question").get<std::string>()}};
  OrderedJson options = OrderedJson::object();
  for (const metrics::LiteralValue& option : metrics::ParseAnswerCell(input.at("options").get<std::string>()).answers) {
    const std::string letter(1, static_cast<char>('A' + sample.choices.size()));
    sample.choices.push_back({letter, option.text});
    options[letter] = metrics::Strip(option.text);
  }
  sample.images.resize(input.at("images").size());
  std::vector<PictureUse> uses;
  if (recipe.choose_pictures != nullptr) {
    uses = recipe.choose_pictures(sample, recipe.max_tiles);
  } else {
    for (std::size_t i = 0; i < sample.images.size(); ++i) uses.push_back({i, recipe.max_tiles});
  }
  OrderedJson tiles = OrderedJson::array();
  for (const PictureUse& use : uses) {
    const OrderedJson& image = input.at("images").at(use.picture);
    const auto side = [&](const char* name) { return image.at(name).get<int>() * use.enlarge; };
    tiles.push_back({{"max_num", use.max_tiles}, {"thumbnail", true}, {"size", {side("width"), side("height")}}});
  }
  return {{{"prompt", recipe.make_prompt(sample, sample.questions[0])}, {"options", options}, {"tiles", tiles}}};
}

GoldenFound MmmuVlmEvalKitPrompt(const GoldenVector& vector) {
  const Recipe& recipe = RecipeOf(KnownBenchmark(vector.benchmark), vector.variant);
  Sample sample = SampleOf(vector.input.at("line"));
  sample.images.resize(vector.input.at("n_images").get<std::size_t>());
  GoldenFound found{{{"prompt", recipe.make_prompt(sample, sample.questions.at(0))}}};
  OrderedJson images = OrderedJson::array();
  for (const PictureUse& use : recipe.choose_pictures(sample, recipe.max_tiles)) {
    if (use.picture >= sample.images.size()) throw InputError("a mark without a picture");
    images.push_back({{"image", "img" + std::to_string(use.picture + 1)}, {"max_num", use.max_tiles}});
  }
  const bool first_only = vector.variant == "vlmevalkit-2024-04";
  if (first_only) {
    found.values["image"] = images.empty() ? OrderedJson() : images[0].at("image");
  } else {
    found.values["images"] = images;
  }
  found.values["generation"] = VlmEvalKitGeneration(recipe, first_only);
  return found;
}

}  // namespace

void AddMmmuChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["eval_multi_choice"] = EvalMultiChoice;
  checks["eval_open"] = EvalOpen;
  checks["extract_numbers"] = ExtractNumbersVector;
  checks["mmmu/aggregate"] = MmmuAggregate;
  checks["mmmu/prompt_internvl"] = MmmuOfficialPrompt;
  checks["mmmu/prompt_vlmevalkit"] = MmmuVlmEvalKitPrompt;
  checks["normalize_str"] = NormalizeStr;
  checks["parse_multi_choice"] = ParseMultiChoiceVector;
  checks["parse_multi_choice_sequence"] = ParseMultiChoiceSequence;
  checks["parse_open"] = ParseOpen;
  checks["py_random_choice"] = PyRandomChoice;
  checks["py_random_u32"] = PyRandomU32;
}

}  // namespace tessera
