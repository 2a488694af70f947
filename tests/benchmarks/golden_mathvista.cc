#include "golden_mathvista.h"

#include <algorithm>
#include <cmath>

#include "benchmark_access.h"
#include "benchmarks/mathvista_data.h"
#include "benchmarks/mathvista_judge.h"
#include "harness/base/strings.h"
#include "metrics/mathvista.h"
#include "metrics/python_literal.h"
#include "metrics/python_rounding.h"
#include "metrics/python_text.h"

namespace tessera {
namespace {

void RequireVariant(const GoldenVector& vector, std::initializer_list<const char*> variants) {
  if (std::find(variants.begin(), variants.end(), vector.variant) != variants.end()) return;
  throw UnknownVector("unknown variant " + vector.variant);
}

OrderedJson NumberJson(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return value;
}

// --- Python's numbers ---

GoldenFound PyInt(const GoldenVector& vector) {
  RequireVariant(vector, {"cpython"});
  const auto value = metrics::ParseInt(vector.input.at("text").get<std::string>());
  if (!value) return {{{"error", "ValueError"}}};
  return {{{"value", *value}, {"repr", *value}}};
}

GoldenFound PyFloat(const GoldenVector& vector) {
  RequireVariant(vector, {"cpython"});
  const auto value = metrics::ParseFloat(vector.input.at("text").get<std::string>());
  if (!value) return {{{"error", "ValueError"}}};
  return {{{"value", NumberJson(*value)}, {"repr", metrics::FloatRepr(*value)}}};
}

GoldenFound PyRound(const GoldenVector& vector) {
  RequireVariant(vector, {"cpython"});
  const double value = vector.input.at("value").get<double>();
  const int digits = vector.input.at("ndigits").get<int>();
  const double rounded = metrics::PythonRound(value, digits);
  return {{{"value", rounded},
           {"repr", metrics::FloatRepr(rounded)},
           {"numpy", metrics::NumpyRound(value, digits)},
           {"fmt", metrics::FixedText(value, digits)}}};
}

// --- the InternVL script ---

metrics::MathVistaProblem ProblemIn(const OrderedJson& input) {
  metrics::MathVistaProblem problem{.question_type = input.at("question_type").get<std::string>(),
                                    .answer_type = input.at("answer_type").get<std::string>()};
  if (input.contains("choices") && input["choices"].is_array()) {
    problem.choices = input["choices"].get<std::vector<std::string>>();
  }
  const OrderedJson precision = input.value("precision", OrderedJson());
  if (precision.is_object()) {
    problem.precision = static_cast<int>(precision.at("float").get<double>());
  } else if (precision.is_number()) {
    problem.precision = static_cast<int>(precision.get<double>());
  }
  return problem;
}

Sample SampleIn(const metrics::MathVistaProblem& problem) {
  Sample sample{.questions = {""}};
  for (const std::string& choice : problem.choices) sample.choices.push_back({"", choice});
  sample.tags = {{"question_type", problem.question_type}, {"answer_type", problem.answer_type}};
  return sample;
}

/// The April script fails on a precision that is a float, as it is in the parquet file.
metrics::FloatPrecision PrecisionRule(const GoldenVector& vector, bool is_float) {
  RequireVariant(vector, {"internvl-2024-04", "internvl-2024-12"});
  const bool fails = is_float && vector.variant == "internvl-2024-04";
  return fails ? metrics::FloatPrecision::kFails : metrics::FloatPrecision::kWholes;
}

GoldenFound Query(const GoldenVector& vector) {
  RequireVariant(vector, {"authors"});
  const OrderedJson& unit = vector.input.at("unit");
  const auto query = MathVistaQuery(vector.input.at("question").get<std::string>(),
                                    unit.is_null() ? "" : PythonText(unit), ProblemIn(vector.input));
  return {{{"query", query.value()}}};
}

/// Through the judge's request, whose text before the question is ours to choose.
GoldenFound ExtractRule(const GoldenVector& vector) {
  RequireVariant(vector, {"internvl-2024-04"});
  const std::string response = vector.input.at("response").get<std::string>();
  const OrderedJson& record = vector.input.at("problem");
  const auto quick =
      vector.input.at("quick_extract").get<bool>() ? metrics::QuickExtract::kOn : metrics::QuickExtract::kOff;
  const metrics::MathVistaProblem problem = ProblemIn(record);
  const auto extraction = metrics::ExtractByRule(response, problem, quick);
  GoldenFound found{{{"extraction", OrNull(extraction)}, {"needs_llm", !extraction}, {"prompt_tail", nullptr}}};
  if (extraction) {
    found.values["prompt_sha256"] = nullptr;
    return found;
  }
  found.unknown_fields = {"prompt_sha256"};
  Sample sample = SampleIn(problem);
  sample.questions = {record.at("query").get<std::string>()};
  const auto request = AskMathVistaExtraction(sample, {.answers = {response}}, {{"mathvista/extract", "DEMO\n"}});
  found.values["prompt_tail"] = request.value().messages.at(0).text.substr(4);
  return found;
}

GoldenFound Normalize(const GoldenVector& vector) {
  const OrderedJson precision = vector.input.at("precision");
  const auto prediction =
      metrics::NormalizeExtraction(vector.input.at("extraction").get<std::string>(), ProblemIn(vector.input),
                                   PrecisionRule(vector, precision.is_object()));
  return {
      {{"prediction", OrNull(prediction)}, {"correct", prediction == vector.input.at("answer").get<std::string>()}}};
}

OrderedJson OfficialTables(const GoldenVector& vector) {
  const auto rule = PrecisionRule(vector, vector.input.at("precision_is_float").get<bool>());
  std::vector<SampleScore> scores;
  for (const auto& [pid, record] : vector.input.at("problems").items()) {
    const metrics::MathVistaProblem problem = ProblemIn(record);
    const auto prediction = metrics::NormalizeExtraction(record.at("extraction").get<std::string>(), problem, rule);
    SampleScore score{.sample_id = pid, .value = prediction == record.at("answer").get<std::string>() ? 1 : 0};
    score.tags = {{"question_type", problem.question_type}, {"answer_type", problem.answer_type}};
    for (const auto& [name, value] : record.at("metadata").items()) {
      score.tags[name] =
          value.is_array() ? Join(value.get<std::vector<std::string>>(), "; ") : value.get<std::string>();
    }
    scores.push_back(std::move(score));
  }
  const Scoring& scoring = KnownScoring(KnownBenchmark("mathvista"), vector.variant);
  OrderedJson tables;
  for (const Score& column : scoring.aggregate(scores)) {
    const std::size_t colon = column.name.find(": ");
    const bool is_average = colon == std::string::npos;
    const double percent = column.value.value();
    OrderedJson& row =
        is_average ? tables["average"] : tables[column.name.substr(0, colon)][column.name.substr(colon + 2)];
    row = {{"accuracy",
            is_average ? metrics::FloatRepr(metrics::PythonRound(percent, 2)) : metrics::FixedText(percent, 2)},
           {"correct", std::lround(percent * column.scored / 100)},
           {"total", column.scored}};
  }
  return tables;
}

// --- VLMEvalKit ---

Sample RowSample(const OrderedJson& input) {
  Sample sample = SampleOf(input);
  for (const metrics::LiteralValue& choice : metrics::ParseAnswerCell(input.at("choices").get<std::string>()).answers) {
    sample.choices.push_back({std::string(1, static_cast<char>('A' + sample.choices.size())), choice.text});
  }
  return sample;
}

/// A prefetched value has its type; a letter and "None" are texts.
OrderedJson TypedResult(const std::string& text, const metrics::MathVistaProblem& problem) {
  const bool is_number =
      problem.question_type != "multi_choice" && (problem.answer_type == "integer" || problem.answer_type == "float");
  return is_number ? OrderedJson::parse(text) : OrderedJson(text);
}

/// The cell `res` as the scorer reads it back; a number in it is cut for an integer answer.
std::string ResultCell(const OrderedJson& cell, const metrics::MathVistaProblem& problem) {
  if (cell.is_number() && problem.answer_type == "integer") return *metrics::TruncatedText(cell.get<double>());
  return FromXlsx(cell);
}

GoldenFound PostCheck(const GoldenVector& vector) {
  const metrics::MathVistaRow row = RowOf(RowSample(vector.input));
  const auto prefetched = metrics::Prefetch(PythonText(vector.input.at("prediction")), row, Version(vector));
  return {{{"prefetch", prefetched ? TypedResult(*prefetched, row.problem) : OrderedJson(false)},
           {"prefetch_used", metrics::IsPrefetchUsed(prefetched, row.problem)},
           {"hit", metrics::IsMathVistaHit(ResultCell(vector.input.at("res"), row.problem), row, Version(vector))}}};
}

GoldenFound JudgeExtract(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("mathvista"), vector.variant);
  const Sample sample = RowSample(vector.input);
  const auto replies = vector.input.at("judge_replies").get<std::vector<std::string>>();
  Reply reply{.answers = {PythonText(vector.input.at("prediction"))}};
  OrderedJson temperatures = OrderedJson::array();
  while (const auto request = scoring.ask_judge(sample, reply, {})) {
    temperatures.push_back(request->temperature.value());
    reply.judgements.push_back(replies.at(std::min(reply.judgements.size(), replies.size() - 1)));
  }
  const auto result = ResultOf(RowOf(sample), reply, Version(vector)).value();
  return {{{"res", result.prefetched ? TypedResult(result.text, ProblemOf(sample)) : OrderedJson(result.text)},
           {"calls", temperatures.size()},
           {"temperatures", temperatures},
           {"prefetched", result.prefetched}}};
}

GoldenFound JudgePrompt(const GoldenVector& vector) {
  const Scoring& scoring = KnownScoring(KnownBenchmark("mathvista"), vector.variant);
  Sample sample{.questions = {vector.input.at("question").get<std::string>()}};
  sample.tags = {{"question_type", "free_form"}, {"answer_type", "list"}};  // never prefetched
  const Reply reply{.answers = {PythonText(vector.input.at("prediction"))}};
  const auto request = scoring.ask_judge(sample, reply, {{"mathvista/vlmevalkit", ""}});
  return {{{"ends_with", request.value().messages.at(0).text}}, {"sha256", "chars"}};
}

OrderedJson VlmEvalKitTable(const GoldenVector& vector) {
  std::vector<SampleScore> scores;
  for (const OrderedJson& cells : vector.input.at("rows")) {
    const Sample sample = RowSample(cells);
    const metrics::MathVistaRow row = RowOf(sample);
    SampleScore score{.sample_id = sample.id, .tags = {{"task", sample.tags.at("task")}}};
    std::vector<std::string> skills;
    for (const auto& skill : metrics::ParseAnswerCell(sample.tags.at("skills")).answers) skills.push_back(skill.text);
    score.tags["skills"] = Join(skills, "; ");
    score.value = metrics::IsMathVistaHit(ResultCell(cells.at("res"), row.problem), row, Version(vector)) ? 1 : 0;
    score.parts["prefetched"] = cells.at("log") == "Prefetch succeed" ? 1 : 0;
    scores.push_back(std::move(score));
  }
  const std::vector<Score> columns = KnownScoring(KnownBenchmark("mathvista"), vector.variant).aggregate(scores);
  OrderedJson table;
  for (std::size_t i = 0; i + 1 < columns.size(); i += 2) {
    const double accuracy = columns[i].value.value(), rate = columns[i + 1].value.value();
    const int total = columns[i].scored;
    table[columns[i].name] = {{"tot", total},
                              {"prefetch", std::lround(rate * total / 100)},
                              {"hit", std::lround(accuracy * total / 100)},
                              {"prefetch_rate", rate},
                              {"acc", accuracy}};
  }
  return table;
}

GoldenFound Aggregate(const GoldenVector& vector) {
  if (vector.variant.starts_with("internvl-")) return {OfficialTables(vector)};
  return {{{"table", VlmEvalKitTable(vector)}}};
}

}  // namespace

void AddMathVistaChecks(std::map<std::string, GoldenCheck>& checks) {
  checks["mathvista/aggregate"] = Aggregate;
  checks["mathvista/extract_rule"] = ExtractRule;
  checks["mathvista/judge_extract"] = JudgeExtract;
  checks["mathvista/judge_prompt"] = JudgePrompt;
  checks["mathvista/normalize"] = Normalize;
  checks["mathvista/post_check"] = PostCheck;
  checks["mathvista/query"] = Query;
  checks["py_float"] = PyFloat;
  checks["py_int"] = PyInt;
  checks["py_round"] = PyRound;
}

}  // namespace tessera
