#include "reports/report.h"

#include <fmt/format.h>

#include <memory>

#include "harness/base/error.h"
#include "harness/cli/command_line.h"
#include "harness/runner/run_files.h"
#include "harness/runner/tile_sweep.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
Also brings scores.json, report.md and report.json of the run folder up to date. A folder of `run --max-tiles 1,6,12`
gives the table over the tile limits.

Examples:
  tessera report runs/paper
  tessera report runs/paper --format markdown > report.md
  tessera report runs/limits
  tessera report runs/paper --format json --scoring all)";

struct Options {
  std::string folder;
  std::string format = "console";
  std::string scoring;
};

int PrintSweep(const Options& options) {
  const std::vector<TileLimitRun> runs = ScoreTileSweep(options.folder, options.scoring, PrintNotice);
  if (options.format == "json") {
    PrintOut(PrintSweepJson(runs));
  } else if (options.format == "markdown") {
    PrintOut(PrintSweepMarkdown(runs));
  } else if (options.format == "console") {
    PrintOut(PrintSweepConsole(runs));
  } else {
    throw UsageError(
        fmt::format("--format {}: the table over tile limits has console, markdown and json", options.format));
  }
  return kExitFine;
}

int PrintReport(const Options& options) {
  if (IsTileSweep(options.folder)) return PrintSweep(options);
  Judging judging({}, options.folder);  // with the judge's replies that the run's log has
  const ScoredRun run = ScoreRunFolder(options.folder, options.scoring, FindBenchmark, &judging, PrintNotice);
  WriteRunFiles(options.folder, run);
  if (options.format == "json") {
    PrintOut(PrintJson(run.report));
  } else if (options.format == "markdown") {
    PrintOut(PrintMarkdown(run.report));
  } else {
    PrintOut(PrintConsole(run.report, WantsColour()));
  }
  return kExitFine;
}

}  // namespace

void AddReportCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("report", "Prints the report of a run folder beside the paper's numbers");
  command->add_option("RUN", options->folder, "Run folder")->required();
  command->add_option("--format", options->format, "console, markdown or json")
      ->check(CLI::IsMember({"console", "markdown", "json"}))
      ->capture_default_str();
  command->add_option("--scoring", options->scoring, "Name of a scoring, or all; the run's own without it");
  command->footer(kFooter);
  command->callback([options, exit_code] { *exit_code = PrintReport(*options); });
}

}  // namespace tessera
