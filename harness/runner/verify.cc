#include "harness/runner/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/base/error.h"
#include "harness/journal/run_record.h"
#include "harness/runner/verify_samples.h"
#include "harness/runner/verify_scores.h"

namespace tessera {
namespace {

void CheckGivenFolder(const std::filesystem::path& folder) {
  if (folder.empty() || std::filesystem::is_directory(folder)) return;
  throw InputError(fmt::format("{}: expected a folder", folder.string()));
}

void CheckFile(const std::filesystem::path& folder, const FileRecord& file, const Notice& notice,
               Verification* verification) {
  const std::string name = (folder / file.path).string();
  std::error_code failed;
  if (!std::filesystem::is_regular_file(folder / file.path, failed)) {
    verification->mismatches.push_back({name, fmt::format("sha256 {}", file.sha256), "no such file"});
    return;
  }
  const FileRecord now = HashFiles(folder, {file.path}, notice).front();
  ++verification->files;
  if (now.bytes != file.bytes) {
    verification->mismatches.push_back({name, fmt::format("{} bytes", file.bytes), fmt::format("{} bytes", now.bytes)});
  }
  if (now.sha256 != file.sha256) {
    verification->mismatches.push_back(
        {name, fmt::format("sha256 {}", file.sha256), fmt::format("sha256 {}", now.sha256)});
  }
}

/// Files that came to the checkpoint folder after the run.
void CheckNoFurtherFiles(const std::filesystem::path& folder, const ModelRecord& model, Verification* verification) {
  for (const std::string& name : CheckpointFiles(folder)) {
    const bool is_recorded = std::any_of(model.files.begin(), model.files.end(),
                                         [&name](const FileRecord& file) { return file.path == name; });
    if (!is_recorded) verification->mismatches.push_back({(folder / name).string(), "no such file", "a file"});
  }
}

void CheckModel(const VerifySettings& settings, const RunRecord& run, const Notice& notice,
                Verification* verification) {
  if (run.model.files.empty()) {
    if (!settings.model_folder.empty()) throw UsageError("--model has no effect: the run records no model files");
    return;
  }
  const std::filesystem::path folder =
      settings.model_folder.empty() ? std::filesystem::path(run.checkpoint_folder) : settings.model_folder;
  if (!std::filesystem::is_directory(folder)) {
    verification->unchecked.push_back(folder.empty()
                                          ? "files of the stored answers: their folder is not recorded; give --model"
                                          : fmt::format("model files: {} is not there; give --model", folder.string()));
    return;
  }
  for (const FileRecord& file : run.model.files) CheckFile(folder, file, notice, verification);
  if (!run.checkpoint_folder.empty()) CheckNoFurtherFiles(folder, run.model, verification);
}

/// The folder that holds the benchmark's files: `folder`, or its sub-folder that FindData knows.
std::filesystem::path FilesFolder(const Benchmark& benchmark, const BenchmarkRecord& record,
                                  const std::filesystem::path& folder) {
  const bool is_there = !record.data.empty() && std::filesystem::exists(folder / record.data.front().path);
  if (is_there) return folder;
  const std::optional<FoundData> found = FindData(benchmark, folder, record.split);
  return found ? found->folder : folder;
}

/// What the run asked of `record`'s benchmark; nullopt, with a mismatch, when the data cannot be read any more.
std::optional<std::vector<PlannedSample>> PlanAgain(const Benchmark& benchmark, const RunRecord& run,
                                                    const BenchmarkRecord& record, const std::filesystem::path& folder,
                                                    Verification* verification) {
  PlanSettings settings{.recipe = record.recipe.name};
  if (run.data_folder.empty()) {  // the table with the answers held the questions too
    settings.answers_file = folder / (record.data.empty() ? std::string() : record.data.front().path);
  } else {
    settings.data_folder = folder;
    settings.split = record.split;
  }
  try {
    std::vector<PlannedSample> samples = MakePlan({&benchmark}, settings).samples;
    // Not left to MakePlan, which refuses an id that belongs to another benchmark of the run.
    std::erase_if(samples, [&run](const PlannedSample& planned) {
      return !run.ids.empty() && std::find(run.ids.begin(), run.ids.end(), planned.sample.id) == run.ids.end();
    });
    if (run.limit > 0 && samples.size() > static_cast<std::size_t>(run.limit)) {
      samples.resize(static_cast<std::size_t>(run.limit));
    }
    return samples;
  } catch (const Error& error) {
    verification->mismatches.push_back(
        {fmt::format("data of {}", record.name), "the samples of the run", error.what()});
    return std::nullopt;
  }
}

/// Hashes the benchmark's data and gives the samples that the run had to ask, when the data is there.
std::optional<std::vector<PlannedSample>> CheckData(const VerifySettings& settings, const Benchmark& benchmark,
                                                    const RunRecord& run, const BenchmarkRecord& record,
                                                    const Notice& notice, Verification* verification) {
  const std::filesystem::path folder =
      settings.data_folder.empty() ? std::filesystem::path(run.data_folder) : settings.data_folder;
  if (!std::filesystem::is_directory(folder)) {
    verification->unchecked.push_back(
        fmt::format("data and pictures of {}: {}; give --data", record.name,
                    folder.empty() ? "their folder is not recorded" : folder.string() + " is not there"));
    return std::nullopt;
  }
  const std::filesystem::path files_folder = FilesFolder(benchmark, record, folder);
  for (const FileRecord& file : record.data) CheckFile(files_folder, file, notice, verification);
  return PlanAgain(benchmark, run, record, folder, verification);
}

}  // namespace

Verification VerifyRun(const VerifySettings& settings, const BenchmarkFinder& find, const Notice& notice) {
  CheckGivenFolder(settings.data_folder);
  CheckGivenFolder(settings.model_folder);
  const RunRecord run = ReadRunRecord(settings.run_folder);
  Judging judging(settings.judge, settings.run_folder);
  Verification verification;
  CheckModel(settings, run, notice, &verification);
  const std::vector<SampleRecord> samples = CheckJournalLines(settings.run_folder, run, &verification);
  for (const BenchmarkRecord& record : run.benchmarks) {
    const Benchmark& benchmark = find(record.name);
    const auto planned = CheckData(settings, benchmark, run, record, notice, &verification);
    if (planned) {
      CheckPlannedSamples(record, *planned, samples, &verification);
    } else {
      CheckSampleCount(record, samples, &verification);
    }
    CheckJournalScores(benchmark, samples, &verification);
  }
  CheckScoreFiles(settings.run_folder, run, samples, find, &judging, &verification);
  return verification;
}

}  // namespace tessera
