#include "harness/runner/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "harness/base/error.h"
#include "harness/cli/command_line.h"
#include "harness/cli/endpoint_options.h"
#include "harness/cli/plan_text.h"
#include "harness/cli/progress.h"
#include "harness/runner/interrupt.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
The same command again goes on where the run stopped: finished samples are kept, failed ones are tried again.
Exit code 1: a sample is unscored (its picture or its query failed).

Examples:
  tessera run --model InternVL-Chat-V1-5 --benchmarks chartqa,mmbench-en --data data --out runs/paper
  tessera run --model InternVL-Chat-V1-5 --benchmarks all --data data --dry-run
  tessera run --model replay:model_CCBench.tsv --benchmarks ccbench --out runs/ccbench
  tessera run --model InternVL-Chat-V1-5 --benchmarks mmvet --data data --out runs/mmvet \
    --judge http://localhost:8000/v1 --judge-model Qwen2.5-72B-Instruct
  tessera run --model http://localhost:8000/v1 --model-name InternVL-Chat-V1-5 --benchmarks chartqa --data data \
    --out runs/server
  tessera run --backend null --benchmarks chartqa --data data --out runs/null --limit 100
  tessera run --model model/nano --benchmarks chartqa --data datasets/mini --out runs/nano --max-tiles 6 --json)";

constexpr std::string_view kReplay = "replay:";

struct Options {
  RunSettings settings;
  std::string model;
  MachineOptions machine;
  EndpointOptions endpoint;
  std::vector<std::string> benchmarks;
  bool dry_run = false;
  bool json = false;
};

/// Stored answers are what they are: nothing about asking has an effect on them.
void CheckReplayOptions(const Options& options) {
  const PlanSettings& plan = options.settings.plan;
  const auto refuse = [](bool given, std::string_view option) {
    if (given) throw UsageError(fmt::format("{} has no effect on stored answers", option));
  };
  refuse(plan.data_folder.empty() && !plan.split.empty(), "--split");
  refuse(!plan.recipe.empty(), "--recipe");
  refuse(plan.max_tiles.has_value(), "--max-tiles");
  refuse(plan.max_new_tokens.has_value(), "--max-new-tokens");
  refuse(plan.num_beams.has_value(), "--num-beams");
  refuse(plan.system_message.has_value(), "--system-message");
}

/// `--model URL` and `--model replay:PATH` are backends of their own.
void ReadModelOption(const CLI::App& command, Options* options) {
  BackendSettings& backend = options->settings.backend;
  if (ReadEndpointOptions(command, options->model, options->endpoint, &options->settings)) return;
  if (!options->model.starts_with(kReplay)) {
    backend.checkpoint = options->model;
    return;
  }
  if (backend.name != "native") throw UsageError("--backend has no effect with --model replay:...");
  backend.name = "replay";
  backend.answers = options->model.substr(kReplay.size());
  if (backend.answers.empty()) throw UsageError("--model replay: the file or run folder is missing");
  options->settings.plan.answers_file = backend.answers;
  CheckReplayOptions(*options);
}

void CheckOptions(const Options& options) {
  if (options.settings.plan.data_folder.empty() && options.settings.backend.answers.extension() != ".tsv") {
    throw UsageError("--data is missing: the folder with the benchmarks' files");
  }
  const bool has_model = !options.settings.backend.checkpoint.empty();
  const bool is_native = options.settings.backend.name == "native";
  if (options.dry_run) {
    if (!options.settings.out.empty()) throw UsageError("--out has no effect with --dry-run, which writes nothing");
    if (options.json) throw UsageError("--json has no effect with --dry-run");
    return;
  }
  if (options.settings.out.empty()) throw UsageError("--out is missing: the run folder");
  if (is_native && !has_model) throw UsageError("--model is missing: the checkpoint folder");
  if (!is_native && has_model) {
    throw UsageError(fmt::format("--model has no effect with --backend {}", options.settings.backend.name));
  }
  CheckBackendName(options.settings.backend.name);
}

RunResult RunWithProgress(const std::vector<const Benchmark*>& benchmarks, const RunSettings& settings) {
  Progress progress(stderr, ::isatty(STDERR_FILENO) != 0);
  RunHooks hooks;
  hooks.notice = PrintNotice;
  hooks.on_start = [&progress](int done, int total) { progress.Start(done, total); };
  hooks.on_sample = [&progress](const SampleRecord& record) { progress.Add(record); };
  hooks.stop = &WatchForInterrupt();
  return RunBenchmarks(benchmarks, settings, hooks);
}

int Run(const Options& options) {
  CheckOptions(options);
  const std::vector<const Benchmark*> benchmarks = ChooseBenchmarks(options.benchmarks);
  if (options.dry_run) {
    PrintOut(PlanText(MakePlan(benchmarks, options.settings.plan)));
    return kExitFine;
  }
  const RunResult result = RunWithProgress(benchmarks, options.settings);
  const Report& report = result.scored.report;
  PrintOut(options.json ? PrintJson(report) : PrintConsole(report, WantsColour()));
  const std::string folder = options.settings.out.string();
  if (result.stopped) {
    PrintNotice(fmt::format("interrupted; run the same command again to resume the run in {}", folder));
    return kExitInterrupted;
  }
  PrintNotice(
      fmt::format("written to {}: run.json, journal/samples.jsonl, scores.json, report.md, report.json", folder));
  return HasUnscored(report) ? kExitUnscored : kExitFine;
}

void AddRecipeOptions(CLI::App* command, PlanSettings* plan) {
  command->add_option("--recipe", plan->recipe, "How to ask: paper, vlmevalkit ...; each benchmark's first without it");
  command->add_option("--max-tiles", plan->max_tiles, "Tiles per picture instead of the recipe's; 0: no tiling")
      ->check(CLI::Range(0, 40));
  command->add_option("--max-new-tokens", plan->max_new_tokens, "Tokens per answer instead of the recipe's")
      ->check(CLI::Range(1, 32768));
  command->add_option("--num-beams", plan->num_beams, "Beams instead of the recipe's; 1: greedy")
      ->check(CLI::Range(1, 64));
  command->add_option("--system-message", plan->system_message, "System message instead of the recipe's");
}

}  // namespace

void AddRunCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  RunSettings& settings = options->settings;
  CLI::App* command = app->add_subcommand("run", "Runs a model over benchmarks into a run folder, or goes on with one");
  command->add_option(
      "--model", options->model,
      "Checkpoint folder as published on Hugging Face; URL of an OpenAI-compatible server; or replay:PATH with stored "
      "answers: a run folder, a table of VLMEvalKit (.tsv) or JSON");
  AddEndpointOptions(command, &options->endpoint);
  command->add_option("--backend", settings.backend.name, "native, or null: answers nothing, to measure the harness")
      ->capture_default_str();
  command->add_option("--benchmarks", options->benchmarks, "Names with commas between, or all; see `tessera data list`")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  command->add_option("--data", settings.plan.data_folder,
                      "Folder with the benchmarks' files; not needed for a replayed .tsv that holds the questions");
  command->add_option("--split", settings.plan.split, "Split of the data, as `tessera data list` names it");
  command->add_option("--out", settings.out, "Run folder; made when it is not there");
  command->add_option("--limit", settings.plan.limit, "Only the first N samples of each benchmark")
      ->check(CLI::Range(1, 100'000'000));
  command->add_option("--ids", settings.plan.ids, "Only these sample ids, with commas between")
      ->delimiter(',')
      ->allow_extra_args(false);
  AddRecipeOptions(command, &settings.plan);
  AddMachineOptions(command, &options->machine);
  AddJudgeOptions(command, &settings.judge);
  command->add_flag("--dry-run", options->dry_run, "Print the plan; nothing is loaded or written");
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(kFooter);
  command->callback([command, options, exit_code] {
    options->settings.threads = options->machine.threads;
    options->settings.backend.threads = options->machine.threads;
    options->settings.backend.precision = options->machine.precision;
    options->settings.backend.device = options->machine.device;
    ReadModelOption(*command, options.get());
    *exit_code = Run(*options);
  });
}

}  // namespace tessera
