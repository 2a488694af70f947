#include "golden_checks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <type_traits>
#include <variant>

#include "benchmark_access.h"
#include "benchmarks/benchmark.h"
#include "datasets/tsv_reader.h"
#include "golden_choice.h"
#include "golden_judge.h"
#include "golden_short_answer.h"
#include "golden_vlmevalkit.h"
#include "golden_mathvista.h"
#include "golden_mmmu.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "metrics/circular.h"
#include "metrics/option_match.h"
#include "metrics/python_literal.h"
#include "metrics/python_text.h"
#include "metrics/relaxed_accuracy.h"
#include "model/image/tiling.h"

namespace tessera {

using metrics::MatcherVersion;
using metrics::Option;

// --- reading vectors ---

std::string PythonText(const OrderedJson& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return metrics::FloatRepr(value.get<double>());
  return value.dump();
}

std::vector<Option> Options(const OrderedJson& by_letter) {
  std::vector<Option> options;
  for (const auto& [letter, text] : by_letter.items()) options.push_back({letter, PythonText(text)});
  return options;
}

OrderedJson OrNull(const std::optional<std::string>& text) { return text ? OrderedJson(*text) : OrderedJson(); }

MatcherVersion Version(const GoldenVector& vector) {
  if (vector.variant == "vlmevalkit-2024-04") return MatcherVersion::kApril2024;
  if (vector.variant == "vlmevalkit-2026-08") return MatcherVersion::kAugust2026;
  throw UnknownVector("unknown variant " + vector.variant);
}

const Benchmark& KnownBenchmark(const std::string& name) {
  std::string spelled = name;
  std::replace(spelled.begin(), spelled.end(), '_', '-');
  for (const Benchmark* benchmark : Catalog()) {
    if (benchmark->name == spelled) return *benchmark;
  }
  throw UnknownVector("unknown benchmark " + name);
}

const Scoring& KnownScoring(const Benchmark& benchmark, const std::string& name) {
  try {
    return ScoringNamed(benchmark, name);
  } catch (const std::out_of_range&) {
    throw UnknownVector("unknown variant " + name);
  }
}

const Recipe& RecipeOf(const Benchmark& benchmark, const std::string& variant) {
  const std::map<std::string, std::string> kRecipes = {{"internvl-2024-04", "paper"},
                                                       {"vlmevalkit-2024-04", "vlmevalkit"},
                                                       {"vlmevalkit-2026-08", "vlmevalkit-2026-08"}};
  const auto name = kRecipes.find(variant);
  if (name == kRecipes.end()) throw UnknownVector("unknown variant " + variant);
  const bool is_paper = benchmark.scorings.front().name == variant;  // and so it has no recipe of its own
  for (const Recipe& recipe : benchmark.recipes) {
    if (recipe.name == name->second) return recipe;
  }
  if (is_paper) return RecipeNamed(benchmark, "paper");
  throw UnknownVector("no recipe for variant " + variant);
}

Sample SampleOf(const OrderedJson& row) {
  Sample sample;
  for (const auto& [column, cell] : row.items()) {
    if (cell.is_null()) continue;
    const std::string text = PythonText(cell);
    if (column == "index") sample.id = text;
    if (column == "question") sample.questions.push_back(text);
    if (column == "answer" || column == "answer_cell") sample.references.push_back(text);
    if (column == "split") sample.split = text;
    if (column.size() == 1 && column >= "A" && column <= "Z") sample.choices.push_back({column, text});
    sample.tags[column] = text;
  }
  return sample;
}

std::string FromXlsx(const OrderedJson& prediction) {
  constexpr std::size_t kMaxCell = 32767;
  const std::string text = prediction.is_null() ? "" : PythonText(prediction);
  if (IsMissingText(text)) return "nan";
  std::string cell;
  for (const char32_t c : metrics::CodePoints(text).substr(0, kMaxCell)) {
    if (c < 0x20 && c != U'\t' && c != U'\n') {
      cell += fmt::format("_x{:04X}_", static_cast<unsigned>(c));
    } else {
      metrics::AppendUtf8(c, cell);
    }
  }
  return cell;
}

OrderedJson VlmEvalKitGeneration(const Recipe& recipe, bool with_beams) {
  OrderedJson generation = {{"do_sample", false}, {"max_new_tokens", recipe.max_new_tokens}, {"top_p", nullptr}};
  if (with_beams) generation["num_beams"] = recipe.num_beams;
  if (const auto& sampling = recipe.published_sampling) {
    generation["do_sample"] = true;
    generation["top_k"] = sampling->top_k;
    generation["top_p"] = sampling->top_p;
  }
  return generation;
}

namespace {

// --- relaxed accuracy ---

GoldenFound RelaxedAccuracy(const GoldenVector& vector) {
  const OrderedJson& input = vector.input;
  Sample sample;
  if (vector.variant == "internvl-2024-04") {
    sample.references = input.at("answers").get<std::vector<std::string>>();
  } else {
    sample.references = {input.at("answer_cell").get<std::string>()};
  }
  const Scoring& scoring = KnownScoring(KnownBenchmark("chartqa"), vector.variant);
  const SampleScore score = scoring.score(sample, {.answers = {input.at("prediction").get<std::string>()}});
  return {{{"score", score.value ? OrderedJson(*score.value) : OrderedJson()}}};
}

GoldenFound RelaxedAccuracyAggregate(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("chartqa"), vector.variant);
  std::vector<SampleScore> scores;
  const auto add = [&](const OrderedJson& item, const std::string& split) {
    Sample sample = SampleOf(item);
    if (!split.empty()) sample.split = split;
    scores.push_back(scoring.score(sample, {.answers = {item.at("prediction").get<std::string>()}}));
  };
  const bool official = vector.variant == "internvl-2024-04";
  if (official) {
    for (const OrderedJson& item : vector.input.at("human")) add(item, "test_human");
    for (const OrderedJson& item : vector.input.at("augmented")) add(item, "test_augmented");
  } else {
    for (const OrderedJson& item : vector.input.at("items")) add(item, "");
  }
  const std::vector<Score> columns = scoring.aggregate(scores);
  GoldenFound found;
  found.values[official ? "average_percent" : "Overall"] = columns.at(0).value.value_or(NAN);
  for (std::size_t i = 1; i < columns.size(); ++i) {
    if (!columns[i].value) continue;
    const std::string name = (official ? "" : "test_") + columns[i].name;
    found.values[name] = official ? *columns[i].value / 100 : *columns[i].value;
  }
  return found;
}

GoldenFound AnswerCellParse(const GoldenVector& vector) {
  using Kind = metrics::LiteralValue::Kind;
  const metrics::AnswerCell cell = metrics::ParseAnswerCell(vector.input.at("answer_cell").get<std::string>());
  OrderedJson answers = OrderedJson::array();
  for (const auto& [kind, text] : cell.answers) {
    if (kind == Kind::kText || kind == Kind::kList) answers.push_back(text);
    if (kind == Kind::kInteger) answers.push_back(OrderedJson::parse(text));
    if (kind == Kind::kFloat) answers.push_back(*metrics::ParseFloat(text));
    if (kind == Kind::kBool) answers.push_back(text == "True");
    if (kind == Kind::kNone) answers.push_back(nullptr);
  }
  return {{{"is_list", cell.is_list}, {"answers", answers}}};
}

// --- multiple choice ---

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

// --- prompts and requests ---

GoldenFound Request(const GoldenVector& vector) {
  const OrderedJson& input = vector.input;
  const Recipe& recipe = RecipeOf(KnownBenchmark(vector.benchmark), vector.variant);
  const TileGrid grid = ChooseTileGrid(input.at("image_width").get<int>(), input.at("image_height").get<int>(),
                                       {.max_tiles = input.at("max_num").get<int>()});
  const OrderedJson generation = {{"num_beams", recipe.num_beams},
                                  {"max_new_tokens", recipe.max_new_tokens},
                                  {"min_new_tokens", recipe.min_new_tokens},
                                  {"do_sample", false},
                                  {"temperature", 0.0}};
  return {{{"question_sent", recipe.make_prompt({}, input.at("question").get<std::string>())},
           {"generation", generation},
           {"num_tiles", TileCount(grid)}}};
}

GoldenFound VlmEvalKitPrompt(const GoldenVector& vector) {
  const Recipe& recipe = RecipeOf(KnownBenchmark(vector.benchmark), vector.variant);
  const Sample sample = SampleOf(vector.input.at("row"));
  GoldenFound found{{{"prompt", recipe.make_prompt(sample, sample.questions.at(0))}, {"max_num", recipe.max_tiles}}};
  if (vector.variant == "vlmevalkit-2024-04") found.values["generation"] = VlmEvalKitGeneration(recipe, true);
  return found;
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

// --- TSV files ---

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content)
      : path_(std::filesystem::temp_directory_path() / ("golden_metrics_" + std::to_string(getpid()) + ".tsv")) {
    WriteFileAtomically(path_, content);
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

OrderedJson CellJson(const TsvCell& cell) {
  return std::visit(
      [](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
          return OrderedJson();
        } else {
          return OrderedJson(value);
        }
      },
      cell);
}

/// VLMEvalKit of 2024 keeps a list with one element, that of 2026 unwraps it.
OrderedJson ListJson(const std::vector<std::string>& texts, MatcherVersion version) {
  if (texts.size() == 1 && version == MatcherVersion::kAugust2026) return texts.front();
  return texts;
}

OrderedJson ImageJson(const std::vector<ImageSource>& images, MatcherVersion version) {
  std::vector<std::string> texts;
  bool is_list = false;
  for (const ImageSource& image : images) {
    texts.push_back(ReadFileRange(image.file, image.offset, image.length));
    is_list |= ReadFileRange(image.file, image.offset - 1, 1) == "'";  // an element of a list literal
  }
  return is_list ? ListJson(texts, version) : OrderedJson(texts.at(0));
}

GoldenFound TsvLoad(const GoldenVector& vector) {
  const MatcherVersion version = Version(vector);
  const TemporaryFile file(vector.input.at("tsv").get<std::string>());
  const TsvTable table = ReadTsv(file.path());
  GoldenFound found{.values = {{"rows", OrderedJson::array()}}, .missing_is_absent = true};
  for (const TsvRow& row : table.rows) {
    OrderedJson cells = OrderedJson::object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const std::string& column = table.columns[i];
      cells[column] = CellJson(row.cells[i]);
      if (column == "image") cells[column] = ImageJson(row.images, version);
      if (column != "image_path" || !cells[column].is_string()) continue;
      const metrics::AnswerCell paths = metrics::ParseAnswerCell(cells[column].get<std::string>());
      if (!paths.is_list) continue;
      std::vector<std::string> texts;
      for (const metrics::LiteralValue& path : paths.answers) texts.push_back(path.text);
      cells[column] = ListJson(texts, version);
    }
    found.values["rows"].push_back(std::move(cells));
  }
  return found;
}

}  // namespace

const std::map<std::string, GoldenCheck>& GoldenChecks() {
  static const std::map<std::string, GoldenCheck> kChecks = [] {
    std::map<std::string, GoldenCheck> checks = {
        {"answer_cell_parse", AnswerCellParse},
        {"mcq_can_infer", CanInfer},
        {"mcq_can_infer_option", CanInferOption},
        {"mcq_can_infer_text", CanInferText},
        {"mcq_circular_aggregate", CircularAggregate},
        {"mcq_judge_loop", JudgeLoop},
        {"mcq_judge_prompt", JudgePrompt},
        {"mcq_no_judge", NoJudge},
        {"post_process", PostProcess},
        {"prompt", VlmEvalKitPrompt},
        {"prompt_internvl", MmBenchOfficialPrompt},
        {"prompt_vlmevalkit", MmBenchVlmEvalKitPrompt},
        {"relaxed_accuracy", RelaxedAccuracy},
        {"relaxed_accuracy_aggregate", RelaxedAccuracyAggregate},
        {"request", Request},
        {"tsv_load", TsvLoad},
    };
    AddChoiceChecks(checks);
    AddShortAnswerChecks(checks);
    AddJudgeChecks(checks);
    AddVlmEvalKitChecks(checks);
    AddMmmuChecks(checks);
    AddMathVistaChecks(checks);
    return checks;
  }();
  return kChecks;
}

}  // namespace tessera
