#include "harness/runner/tile_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/runner/run_files.h"

namespace tessera {
namespace {

constexpr std::string_view kFolderStart = "max_tiles_";

std::string FolderOf(int max_tiles) { return fmt::format("{}{}", kFolderStart, max_tiles); }

/// The limit of a folder that FolderOf named.
std::optional<int> LimitOf(const std::string& name) {
  if (!name.starts_with(kFolderStart)) return std::nullopt;
  int limit = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + kFolderStart.size(), end, limit);
  if (parsed.ec != std::errc() || parsed.ptr != end || FolderOf(limit) != name) return std::nullopt;
  return limit;
}

bool IsRun(const std::filesystem::path& folder) { return std::filesystem::exists(folder / "run.json"); }

/// The limits whose runs `folder` holds, rising.
std::vector<int> LimitsIn(const std::filesystem::path& folder) {
  std::vector<int> limits;
  std::error_code failed;
  for (std::filesystem::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    const std::optional<int> limit = LimitOf(it->path().filename().string());
    if (limit && IsRun(it->path())) limits.push_back(*limit);
  }
  std::sort(limits.begin(), limits.end());
  return limits;
}

void CheckFolder(const std::filesystem::path& out, const std::vector<int>& limits) {
  if (IsRun(out)) {
    throw UsageError(fmt::format("{}: holds a run with one tile limit; give another --out", out.string()));
  }
  for (const int limit : LimitsIn(out)) {
    if (std::find(limits.begin(), limits.end(), limit) != limits.end()) continue;
    throw UsageError(fmt::format("{}: holds a run with max_tiles {} too; name it in --max-tiles, or give another --out",
                                 out.string(), limit));
  }
}

void WriteSweepFiles(const std::filesystem::path& folder, const std::vector<TileLimitRun>& runs) {
  WriteFileAtomically(folder / "sweep.json", PrintSweepJson(runs));
  WriteFileAtomically(folder / "sweep.md", PrintSweepMarkdown(runs));
}

}  // namespace

bool IsTileSweep(const std::filesystem::path& folder) { return !IsRun(folder) && !LimitsIn(folder).empty(); }

TileSweepResult RunTileSweep(const RunSettings& settings, std::vector<int> limits,
                             const std::function<RunResult(const RunSettings&)>& run, const std::atomic<bool>* stop) {
  std::sort(limits.begin(), limits.end());
  CheckFolder(settings.out, limits);
  TileSweepResult result;
  for (const int limit : limits) {
    if (stop != nullptr && stop->load()) result.stopped = true;
    if (result.stopped || result.too_many_failures) break;
    RunSettings own = settings;
    own.out = settings.out / FolderOf(limit);
    own.plan.max_tiles = limit;
    RunResult one = run(own);
    result.stopped = one.stopped;
    result.too_many_failures = one.too_many_failures;
    result.runs.push_back({.max_tiles = limit, .folder = FolderOf(limit), .report = std::move(one.scored.report)});
    WriteSweepFiles(settings.out, result.runs);
  }
  return result;
}

std::vector<TileLimitRun> ScoreTileSweep(const std::filesystem::path& folder, const std::string& scoring,
                                         const std::function<void(const std::string&)>& notice) {
  std::vector<TileLimitRun> runs;
  for (const int limit : LimitsIn(folder)) {
    const std::filesystem::path run_folder = folder / FolderOf(limit);
    Judging judging({}, run_folder);  // with the judge's replies that the run's log has
    ScoredRun run = ScoreRunFolder(run_folder, scoring, FindBenchmark, &judging, notice);
    WriteRunFiles(run_folder, run);
    runs.push_back({.max_tiles = limit, .folder = FolderOf(limit), .report = std::move(run.report)});
  }
  WriteSweepFiles(folder, runs);
  return runs;
}

}  // namespace tessera
