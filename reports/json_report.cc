#include <algorithm>

#include "reports/report.h"
#include "reports/score_json.h"

namespace tessera {
namespace {

OrderedJson ToJson(const PaperComparison& paper) {
  return {{"value", paper.value},
          {"unit", paper.unit},
          {"split", paper.split},
          {"source", paper.source},
          {"difference", OrNull(paper.difference)}};
}

OrderedJson ToJson(const BenchmarkReport& benchmark) {
  OrderedJson json = {{"name", benchmark.name},     {"title", benchmark.title},   {"split", benchmark.split},
                      {"format", benchmark.format}, {"recipe", benchmark.recipe}, {"scoring", benchmark.scoring}};
  json["scores"] = OrderedJson::array();
  for (const Score& score : benchmark.scores) json["scores"].push_back(ToJson(score));
  json["samples"] = benchmark.samples;
  json["scored"] = benchmark.scored;
  json["unscored"] = benchmark.unscored;
  json["undecided"] = benchmark.undecided;
  json["undecided_range"] = nullptr;
  if (benchmark.undecided_range) {
    json["undecided_range"] = {{"low", benchmark.undecided_range->low}, {"high", benchmark.undecided_range->high}};
  }
  json["answered"] = benchmark.answered;
  json["empty_answers"] = benchmark.empty;
  json["answers_at_token_limit"] = benchmark.hit_limit;
  json["most_frequent_answer"] = nullptr;
  if (benchmark.most_frequent) {
    json["most_frequent_answer"] = {{"text", benchmark.most_frequent->text}, {"count", benchmark.most_frequent->count}};
  }
  json["paper"] = benchmark.paper ? ToJson(*benchmark.paper) : OrderedJson(nullptr);
  json["judge"] = benchmark.judge ? ToJson(*benchmark.judge) : OrderedJson(nullptr);
  json["deviations"] = benchmark.deviations;
  json["alarms"] = benchmark.alarms;
  return json;
}

OrderedJson ToJson(const DisagreeingSample& sample) {
  OrderedJson json = {{"split", sample.split}, {"sample_id", sample.sample_id}, {"answer", sample.answer}};
  json["readings"] = OrderedJson::array();
  for (const Reading& reading : sample.readings) {
    json["readings"].push_back(
        {{"value", OrNull(reading.value)}, {"extracted", reading.extracted}, {"undecided", reading.undecided}});
  }
  return json;
}

OrderedJson ToJson(const ScoringComparison& comparison) {
  OrderedJson json = {{"title", comparison.title}, {"scorings", comparison.scorings}, {"samples", comparison.samples}};
  json["disagree"] = OrderedJson::array();
  for (const DisagreeingSample& sample : comparison.disagree) json["disagree"].push_back(ToJson(sample));
  return json;
}

OrderedJson StagesJson(const Report& report) {
  OrderedJson json = OrderedJson::array();
  for (const StageTotal& stage : report.stages) json.push_back({{"stage", stage.stage}, {"total_s", stage.seconds}});
  return json;
}

}  // namespace

std::string JudgeName(const JudgeReport& judge) {
  std::string joined;
  for (const std::string& name : judge.names) joined += (joined.empty() ? "" : ", ") + name;
  return joined.empty() ? "none" : joined;
}

bool HasUnscored(const Report& report) {
  return std::any_of(report.benchmarks.begin(), report.benchmarks.end(),
                     [](const BenchmarkReport& benchmark) { return benchmark.unscored > 0; });
}

std::string PrintJson(const Report& report) {
  OrderedJson json = {{"schema_version", kReportSchemaVersion}, {"tool_version", report.tool_version}};
  json["model"] = {{"backend", report.model.backend},
                   {"name", report.model.name},
                   {"precision", report.model.precision},
                   {"device", report.model.device},
                   {"note", report.model.note}};
  json["benchmarks"] = OrderedJson::array();
  for (const BenchmarkReport& benchmark : report.benchmarks) json["benchmarks"].push_back(ToJson(benchmark));
  json["comparisons"] = OrderedJson::array();
  for (const ScoringComparison& comparison : report.comparisons) json["comparisons"].push_back(ToJson(comparison));
  json["totals"] = {{"samples", report.samples},
                    {"failed", report.failed},
                    {"tiles", report.tiles},
                    {"prompt_tokens", report.prompt_tokens},
                    {"new_tokens", report.new_tokens}};
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string PrintTimes(const Report& report) {
  OrderedJson json = {{"schema_version", kReportSchemaVersion}, {"stages", StagesJson(report)}};
  json["work"] = {{"pictures", report.work.pictures},
                  {"tiles", report.work.tiles},
                  {"prefixes", report.work.prefixes},
                  {"prefilled_tokens", report.work.prefilled_tokens},
                  {"decode_passes", report.work.decode_passes}};
  return json.dump(2) + "\n";
}

}  // namespace tessera
