#include "harness/runner/verify_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/base/strings.h"
#include "harness/runner/run_files.h"

namespace tessera {
namespace {

constexpr std::size_t kShownBytes = 200;

/// As the journal writes it.
std::string ScoreText(const SampleScore& score) {
  return fmt::format("{}{} from \"{}\"", score.value ? fmt::format("{}", *score.value) : "unscored",
                     score.undecided ? ", undecided," : "", ReplaceInvalidUtf8(score.extracted));
}

/// The leaves of `json` by their pointers; empty arrays and objects are leaves too.
std::map<std::string, std::string> Leaves(const Json& json) {
  std::map<std::string, std::string> leaves;
  const Json by_pointer = json.flatten();
  for (const auto& [pointer, value] : by_pointer.items())
    leaves[pointer.substr(std::min<std::size_t>(1, pointer.size()))] = value.dump();
  return leaves;
}

void CompareJson(const std::string& name, const Json& expected, const Json& found, Verification* verification) {
  const std::map<std::string, std::string> old_leaves = Leaves(found);
  std::map<std::string, std::pair<std::string, std::string>> both;
  for (const auto& [place, value] : Leaves(expected)) both[place] = {value, "nothing"};
  for (const auto& [place, value] : old_leaves) both.try_emplace(place, "nothing", "").first->second.second = value;
  for (const auto& [place, values] : both) {
    if (values.first == values.second) continue;
    verification->mismatches.push_back(
        {fmt::format("{}: {}", name, place), Shorten(values.first, kShownBytes), Shorten(values.second, kShownBytes)});
  }
}

/// The text of a file of the run folder; nullopt, with a mismatch, when it is not there.
std::optional<std::string> ReadIfThere(const std::filesystem::path& path, Verification* verification) {
  if (std::filesystem::is_regular_file(path)) return ReadFile(path);
  verification->mismatches.push_back({path.filename().string(), "a file", "no such file"});
  return std::nullopt;
}

std::optional<Json> ReadJsonIfThere(const std::filesystem::path& path, Verification* verification) {
  const std::optional<std::string> text = ReadIfThere(path, verification);
  if (!text) return std::nullopt;
  try {
    return ParseJson(*text, path.filename().string());
  } catch (const Error& error) {
    verification->mismatches.push_back({path.filename().string(), "JSON", error.what()});
    return std::nullopt;
  }
}

void CompareText(const std::string& name, const std::string& expected, const std::string& found,
                 Verification* verification) {
  const std::vector<std::string> ours = Split(expected, '\n');
  const std::vector<std::string> theirs = Split(found, '\n');
  for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
    const std::string our_line = i < ours.size() ? ours[i] : "no line";
    const std::string their_line = i < theirs.size() ? theirs[i] : "no line";
    if (our_line == their_line) continue;
    verification->mismatches.push_back({fmt::format("{}: line {}, the first of those that differ", name, i + 1),
                                        Shorten(our_line, kShownBytes), Shorten(their_line, kShownBytes)});
    return;
  }
}

using ScoringNames = std::vector<std::pair<std::string, std::string>>;  // benchmark, scoring

ScoringNames NamesOf(const ScoredRun& run) {
  ScoringNames names;
  for (const BenchmarkScores& scores : run.scores) names.emplace_back(scores.benchmark, scores.scoring);
  return names;
}

ScoringNames NamesOf(const Json& scores_json) {
  ScoringNames names;
  const JsonFields fields(scores_json, "scores.json");
  for (const Json& item : fields.Array("benchmarks")) {
    const JsonFields benchmark(item, "scores.json", "benchmarks");
    names.emplace_back(benchmark.String("benchmark"), benchmark.String("scoring"));
  }
  return names;
}

/// Scores again with the choice of scorings (the run's own, one for all, or all) that `names` came from; with the
/// run's own when none of them did, or `names` cannot be read.
ScoredRun ScoreAgain(const RunRecord& run, const std::vector<SampleRecord>& samples, const std::optional<Json>& stored,
                     const BenchmarkFinder& find, Judging* judging) {
  ScoredRun own = ScoreRun(run, samples, "", find, judging);
  if (!stored) return own;
  try {
    const ScoringNames names = NamesOf(*stored);
    if (names.empty() || names == NamesOf(own)) return own;
    for (const std::string& choice : {names.front().second, std::string("all")}) {
      ScoredRun other = ScoreRun(run, samples, choice, find, judging);
      if (names == NamesOf(other)) return other;
    }
  } catch (const Error&) {
    // A scoring that is not one: the comparison with the run's own names it.
  }
  return own;
}

}  // namespace

void CheckJournalScores(const Benchmark& benchmark, const std::vector<SampleRecord>& samples,
                        Verification* verification) {
  for (const SampleRecord& record : samples) {
    if (record.benchmark != benchmark.name || !record.score || record.answers.empty()) continue;
    std::string again;
    try {
      again = ScoreText(benchmark.scorings.front().score(record.sample, Reply{.answers = record.answers}));
    } catch (const std::exception& error) {
      again = error.what();
    }
    const std::string stored = ScoreText(*record.score);
    if (again == stored) continue;
    verification->mismatches.push_back(
        {fmt::format("journal: {}, sample \"{}\" ({}): score", record.benchmark, record.sample.id, record.sample.split),
         Shorten(again, kShownBytes), Shorten(stored, kShownBytes)});
  }
}

void CheckScoreFiles(const std::filesystem::path& run_folder, const RunRecord& run,
                     const std::vector<SampleRecord>& samples, const BenchmarkFinder& find, Judging* judging,
                     Verification* verification) {
  const std::optional<Json> scores = ReadJsonIfThere(run_folder / "scores.json", verification);
  const std::optional<Json> report = ReadJsonIfThere(run_folder / "report.json", verification);
  const std::optional<std::string> markdown = ReadIfThere(run_folder / "report.md", verification);
  const ScoredRun again = ScoreAgain(run, samples, scores, find, judging);
  if (scores) CompareJson("scores.json", ParseJson(ScoresJson(again), "scores"), *scores, verification);
  if (report) CompareJson("report.json", ParseJson(PrintJson(again.report), "report"), *report, verification);
  if (markdown) CompareText("report.md", PrintMarkdown(again.report), *markdown, verification);
}

}  // namespace tessera
