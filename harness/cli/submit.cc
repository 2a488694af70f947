#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "benchmarks/submission.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/cli/command_line.h"
#include "harness/journal/reader.h"
#include "harness/journal/run_record.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
Needs neither model nor data: the run folder's run.json and journal are enough.
Exit code 1: a question has no answer, so that the server will refuse the file.

Examples:
  tessera submit runs/test
  tessera submit runs/test --benchmarks docvqa,mmbench-en)";

struct Options {
  std::string folder;
  std::vector<std::string> benchmarks;
};

/// A benchmark of the run, and the data with a server that it asked.
struct Target {
  std::string benchmark;
  const DataSource* source = nullptr;
  int samples = 0;  // that the run planned
};

Target FindTarget(const BenchmarkRecord& record) {
  for (const DataSource& source : FindBenchmark(record.name).data) {
    const bool is_asked = source.format == record.format && source.split == record.split;
    if (is_asked && source.submission != nullptr) return {record.name, &source, record.samples};
  }
  throw UsageError(fmt::format("{}: split \"{}\" of the {} data has no server format; choose with --benchmarks",
                               record.name, record.split, record.format));
}

std::vector<Target> FindTargets(const RunRecord& run, const std::vector<std::string>& names) {
  std::vector<Target> targets;
  for (const BenchmarkRecord& record : run.benchmarks) {
    const bool chosen = names.empty() || std::find(names.begin(), names.end(), record.name) != names.end();
    if (chosen) targets.push_back(FindTarget(record));
  }
  for (const std::string& name : names) {
    const bool found =
        std::any_of(targets.begin(), targets.end(), [&name](const Target& target) { return target.benchmark == name; });
    if (!found) throw UsageError(fmt::format("--benchmarks: the run has no \"{}\"", name));
  }
  return targets;
}

/// How many answers the server expects; nullopt: unknown, because the run asked only a part of the questions.
std::optional<int> ExpectedAnswers(const Target& target, const RunRecord& run) {
  if (target.source->rows > 0) return target.source->rows;
  const bool is_part = !run.ids.empty() || (run.limit > 0 && target.samples == run.limit);
  return is_part ? std::nullopt : std::optional(target.samples);
}

/// Returns false when a question of the split is not answered.
bool WriteSubmission(const Target& target, const RunRecord& run, const Journal& journal,
                     const std::filesystem::path& run_folder) {
  std::vector<SubmissionAnswer> answers;
  for (const SampleRecord& record : journal.samples) {
    if (record.benchmark != target.benchmark || record.answers.empty()) continue;
    answers.push_back({&record.sample, record.answers.back()});
  }
  const std::filesystem::path file = run_folder / "submission" / target.source->submission_file;
  const std::string content = target.source->submission(answers);
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) throw EnvironmentError(fmt::format("{}: {}", file.parent_path().string(), error.message()));
  WriteFileAtomically(file, content);
  PrintOut(fmt::format("{}: {} answers\n", file.string(), answers.size()));
  const std::optional<int> questions = ExpectedAnswers(target, run);
  if (static_cast<int>(answers.size()) == questions) return true;
  PrintNotice(fmt::format("{}: {} of {} questions are answered; the server refuses such a file", target.benchmark,
                          answers.size(), questions ? std::to_string(*questions) : "all"));
  return false;
}

int Submit(const Options& options) {
  const RunRecord run = ReadRunRecord(options.folder);
  const Journal journal = ReadJournal(options.folder);
  for (const std::filesystem::path& file : journal.torn_files) {
    PrintNotice(fmt::format("{}: the last line is not complete and was left out", file.string()));
  }
  bool complete = true;
  for (const Target& target : FindTargets(run, options.benchmarks)) {
    complete &= WriteSubmission(target, run, journal, options.folder);
  }
  return complete ? kExitFine : kExitUnscored;
}

}  // namespace

void AddSubmitCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("submit", "Writes a run's answers as the benchmarks' servers want them");
  command->add_option("RUN", options->folder, "Run folder")->required();
  command->add_option("--benchmarks", options->benchmarks, "Only these of the run, with commas between")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->footer(kFooter);
  command->callback([options, exit_code] { *exit_code = Submit(*options); });
}

}  // namespace tessera
