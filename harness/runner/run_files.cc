#include "harness/runner/run_files.h"

#include <fmt/format.h>

#include "harness/base/files.h"
#include "harness/journal/reader.h"
#include "reports/score_json.h"

namespace tessera {
namespace {

OrderedJson ToJson(const BenchmarkScores& scores) {
  OrderedJson json = {{"benchmark", scores.benchmark}, {"scoring", scores.scoring}};
  if (scores.judge) json["judge"] = ToJson(*scores.judge);
  json["scores"] = OrderedJson::array();
  for (const Score& score : scores.scores) json["scores"].push_back(ToJson(score));
  json["samples"] = OrderedJson::array();
  for (std::size_t i = 0; i < scores.samples.size(); ++i) {
    const SampleScore& sample = scores.samples[i];
    json["samples"].push_back({{"split", scores.splits[i]},
                               {"sample_id", sample.sample_id},
                               {"group", sample.group},
                               {"extracted", sample.extracted},
                               {"undecided", sample.undecided},
                               {"value", OrNull(sample.value)}});
    OrderedJson& entry = json["samples"].back();
    if (!sample.parts.empty()) entry["parts"] = sample.parts;
    if (!scores.judgements.empty() && !scores.judgements[i].failure.empty()) {
      entry["judge_failure"] = scores.judgements[i].failure;
    }
  }
  return json;
}

}  // namespace

std::string ScoresJson(const ScoredRun& run) {
  OrderedJson json = {{"schema_version", kReportSchemaVersion}};
  json["benchmarks"] = OrderedJson::array();
  for (const BenchmarkScores& scores : run.scores) json["benchmarks"].push_back(ToJson(scores));
  return json.dump(1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

ScoredRun ScoreRunFolder(const std::filesystem::path& run_folder, const std::string& scoring,
                         const BenchmarkFinder& find, Judging* judging,
                         const std::function<void(const std::string&)>& notice) {
  const RunRecord run = ReadRunRecord(run_folder);
  const Journal journal = ReadJournal(run_folder);
  for (const std::filesystem::path& file : journal.torn_files) {
    notice(fmt::format("{}: the last line is not complete and was left out", file.string()));
  }
  return ScoreRun(run, journal.samples, scoring, find, judging);
}

void WriteRunFiles(const std::filesystem::path& run_folder, const ScoredRun& run) {
  WriteFileAtomically(run_folder / "scores.json", ScoresJson(run));
  WriteFileAtomically(run_folder / "report.json", PrintJson(run.report));
  WriteFileAtomically(run_folder / "report.md", PrintMarkdown(run.report));
  WriteFileAtomically(run_folder / "times.json", PrintTimes(run.report));
}

}  // namespace tessera
