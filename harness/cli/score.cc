#include <memory>

#include "harness/cli/command_line.h"
#include "harness/runner/run_files.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
Needs neither model nor data: the run folder's run.json and journal are enough.
Exit code 1: a sample is unscored.

Examples:
  tessera score runs/paper
  tessera score runs/paper --scoring vlmevalkit-2026-08
  tessera score runs/paper --scoring all --json)";

struct Options {
  std::string folder;
  std::string scoring;
  bool json = false;
};

int ScoreFolder(const Options& options) {
  const ScoredRun run = ScoreRunFolder(options.folder, options.scoring, FindBenchmark, PrintNotice);
  WriteRunFiles(options.folder, run);
  PrintOut(options.json ? PrintJson(run.report) : PrintConsole(run.report, WantsColour()));
  return HasUnscored(run.report) ? kExitUnscored : kExitFine;
}

}  // namespace

void AddScoreCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("score", "Scores a run folder again from its log");
  command->add_option("RUN", options->folder, "Run folder")->required();
  command->add_option("--scoring", options->scoring, "Name of a scoring, or all; the run's own without it");
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(kFooter);
  command->callback([options, exit_code] { *exit_code = ScoreFolder(*options); });
}

}  // namespace tessera
