#include <memory>

#include "harness/cli/command_line.h"
#include "harness/runner/interrupt.h"
#include "harness/runner/run_files.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
Needs neither model nor data: the run folder's run.json and journal are enough. A judge is asked only for what the
journal has no reply to.
Exit code 1: a sample is unscored.

Examples:
  tessera score runs/paper
  tessera score runs/paper --scoring vlmevalkit-2026-08
  tessera score runs/paper --scoring all --json
  tessera score runs/mmvet --judge https://api.example.com/v1 --judge-model gpt-4-0613 --judge-key-env API_KEY
  tessera score runs/mmvet --judge replay:runs/other/journal/judge.jsonl)";

struct Options {
  std::string folder;
  std::string scoring;
  JudgeSettings judge;
  bool json = false;
};

int ScoreFolder(const Options& options) {
  JudgeSettings judge = options.judge;
  if (CallsJudge(judge)) judge.http.stop = &WatchForInterrupt();
  Judging judging(judge, options.folder);
  const ScoredRun run = ScoreRunFolder(options.folder, options.scoring, FindBenchmark, &judging, PrintNotice);
  WriteRunFiles(options.folder, run);
  PrintOut(options.json ? PrintJson(run.report) : PrintConsole(run.report, WantsColour()));
  if (judging.stopped()) {
    PrintNotice("interrupted; the same command again goes on with the samples that are not judged yet");
    return kExitInterrupted;
  }
  return HasUnscored(run.report) ? kExitUnscored : kExitFine;
}

}  // namespace

void AddScoreCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("score", "Scores a run folder again from its log");
  command->add_option("RUN", options->folder, "Run folder")->required();
  command->add_option("--scoring", options->scoring, "Name of a scoring, or all; the run's own without it");
  AddJudgeOptions(command, &options->judge);
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(kFooter);
  command->callback([options, exit_code] { *exit_code = ScoreFolder(*options); });
}

}  // namespace tessera
