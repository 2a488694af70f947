#include "harness/runner/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "harness/backends/shared_backend.h"
#include "harness/base/error.h"
#include "harness/cli/command_line.h"
#include "harness/cli/endpoint_options.h"
#include "harness/cli/plan_options.h"
#include "harness/cli/plan_text.h"
#include "harness/cli/progress.h"
#include "harness/cli/run_notice.h"
#include "harness/cli/worker_options.h"
#include "harness/runner/interrupt.h"
#include "harness/runner/tile_sweep.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
The same command again goes on where the run stopped: finished samples are kept, failed ones are tried again.
Started by torchrun, srun, mpirun or with RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, the processes share the run.
Exit code 1: a sample is unscored (its picture or its query failed), or --max-failures stopped the run.

Examples:
  tessera run --model InternVL-Chat-V1-5 --benchmarks chartqa,mmbench-en --data data --out runs/paper
  tessera run --model InternVL-Chat-V1-5 --benchmarks all --data data --dry-run
  tessera run --model replay:model_CCBench.tsv --benchmarks ccbench --out runs/ccbench
  tessera run --model InternVL-Chat-V1-5 --benchmarks mmvet --data data --out runs/mmvet \
    --judge http://localhost:8000/v1 --judge-model Qwen2.5-72B-Instruct
  tessera run --model http://localhost:8000/v1 --model-name InternVL-Chat-V1-5 --benchmarks chartqa --data data \
    --out runs/server
  tessera run --backend null --benchmarks chartqa --data data --out runs/null --limit 100
  tessera run --model InternVL-Chat-V1-5 --benchmarks all --data data --out runs/all --max-failures 20 --progress json
  tessera run --model InternVL-Chat-V1-5 --benchmarks all --data data --out runs/split --device cuda:0+cuda:1
  tessera run --model model/nano --benchmarks chartqa --data datasets/mini --out runs/nano --max-tiles 6 --json
  tessera run --model model/nano --benchmarks docvqa,chartqa --data datasets/mini --out runs/limits --max-tiles 1,6,12
  mpirun -n 4 tessera run --model InternVL-Chat-V1-5 --benchmarks all --data data --out runs/four --device cuda)";

constexpr std::string_view kReplay = "replay:";

struct Options {
  RunSettings settings;
  std::string model;
  MachineOptions machine;
  EndpointOptions endpoint;
  std::vector<std::string> benchmarks;
  std::vector<int> tile_limits;  // several: a run for each
  std::string progress = "auto";
  WorkerOptions workers;
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
  refuse(options.workers.replicas.has_value(), "--replicas");
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

void ReadTileLimits(Options* options) {
  std::vector<int>& limits = options->tile_limits;
  if (limits.empty()) return;
  std::sort(limits.begin(), limits.end());
  const auto twice = std::adjacent_find(limits.begin(), limits.end());
  if (twice != limits.end()) throw UsageError(fmt::format("--max-tiles: {} is there twice", *twice));
  options->settings.plan.max_tiles = limits.front();
}

void CheckOptions(const Options& options) {
  const std::filesystem::path answers_type = options.settings.backend.answers.extension();
  const bool may_hold_questions = answers_type == ".tsv" || answers_type == ".xlsx";
  if (options.settings.plan.data_folder.empty() && !may_hold_questions) {
    throw UsageError("--data is missing: the folder with the benchmarks' files");
  }
  const bool has_model = !options.settings.backend.checkpoint.empty();
  const bool is_native = options.settings.backend.name == "native";
  if (options.dry_run) {
    if (!options.settings.out.empty()) throw UsageError("--out has no effect with --dry-run, which writes nothing");
    if (options.json) throw UsageError("--json has no effect with --dry-run");
    if (options.settings.max_failures) throw UsageError("--max-failures has no effect with --dry-run");
    if (options.progress != "auto") throw UsageError("--progress has no effect with --dry-run");
    if (!options.settings.backend.reuses_prefixes) throw UsageError("--no-prefix-reuse has no effect with --dry-run");
    if (options.workers.lease_s) throw UsageError("--lease has no effect with --dry-run");
    if (options.workers.replicas) throw UsageError("--replicas has no effect with --dry-run");
    return;
  }
  if (options.settings.out.empty()) throw UsageError("--out is missing: the run folder");
  if (is_native && !has_model) throw UsageError("--model is missing: the checkpoint folder");
  if (!is_native && has_model) {
    throw UsageError(fmt::format("--model has no effect with --backend {}", options.settings.backend.name));
  }
  CheckBackendName(options.settings.backend.name);
  if (!is_native && !options.settings.backend.reuses_prefixes) {
    throw UsageError("--no-prefix-reuse has no effect without a checkpoint that runs here");
  }
  if (!is_native && options.settings.backend.weights != "stored") {
    throw UsageError("--weights has no effect without a checkpoint that runs here");
  }
}

ProgressStyle StyleOf(const std::string& option) {
  if (option == "json") return ProgressStyle::kJson;
  return ::isatty(STDERR_FILENO) != 0 ? ProgressStyle::kTerminal : ProgressStyle::kPlain;
}

RunResult RunWithProgress(const std::vector<const Benchmark*>& benchmarks, const RunSettings& settings,
                          const Options& options, const BackendMaker& make_backend) {
  Progress progress(stderr, StyleOf(options.progress));
  RunHooks hooks;
  hooks.make_backend = make_backend;
  hooks.notice = [&progress](const std::string& text) { progress.Notice(text); };
  hooks.on_plan = [&settings](const Plan& plan, const auto& groups) { PrintRunNotice(plan, groups, settings); };
  hooks.on_start = [&progress](const std::vector<BenchmarkProgress>& before) { progress.Start(before); };
  hooks.on_sample = [&progress](const SampleRecord& record) { progress.Add(record); };
  hooks.stop = &WatchForInterrupt();
  return RunBenchmarks(benchmarks, settings, hooks);
}

/// Says why a run or a sweep ended early, and gives the exit code; nullopt when it did not.
std::optional<int> EarlyEnd(bool stopped, bool too_many_failures, const RunSettings& settings) {
  const std::string folder = settings.out.string();
  if (stopped) {
    PrintNotice(fmt::format("interrupted; run the same command again to resume the run in {}", folder));
    return kExitInterrupted;
  }
  if (!too_many_failures) return std::nullopt;
  PrintNotice(fmt::format("stopped: more than {} samples failed; run the same command again to resume the run in {}",
                          *settings.max_failures, folder));
  return kExitUnscored;
}

int RunOnce(const std::vector<const Benchmark*>& benchmarks, const Options& options) {
  const RunResult result = RunWithProgress(benchmarks, options.settings, options, MakeBackend);
  const Report& report = result.scored.report;
  PrintOut(options.json ? PrintJson(report) : PrintConsole(report, WantsColour()));
  if (const auto code = EarlyEnd(result.stopped, result.too_many_failures, options.settings)) return *code;
  PrintNotice(fmt::format("written to {}: run.json, journal, scores.json, report.md, report.json",
                          options.settings.out.string()));
  return HasUnscored(report) ? kExitUnscored : kExitFine;
}

int RunSweep(const std::vector<const Benchmark*>& benchmarks, const Options& options) {
  const BackendMaker make_backend = MakeOnce(MakeBackend);
  const auto run = [&](const RunSettings& settings) {
    PrintNotice(fmt::format("tile limit {}: {}", *settings.plan.max_tiles, settings.out.string()));
    return RunWithProgress(benchmarks, settings, options, make_backend);
  };
  const TileSweepResult sweep = RunTileSweep(options.settings, options.tile_limits, run, &WatchForInterrupt());
  if (!sweep.runs.empty()) PrintOut(options.json ? PrintSweepJson(sweep.runs) : PrintSweepConsole(sweep.runs));
  if (const auto code = EarlyEnd(sweep.stopped, sweep.too_many_failures, options.settings)) return *code;
  PrintNotice(
      fmt::format("written to {}: sweep.md, sweep.json, a run folder per tile limit", options.settings.out.string()));
  const bool has_unscored =
      std::ranges::any_of(sweep.runs, [](const TileLimitRun& one) { return HasUnscored(one.report); });
  return has_unscored ? kExitUnscored : kExitFine;
}

/// One text per tile limit.
int PrintPlans(const std::vector<const Benchmark*>& benchmarks, const Options& options) {
  PlanSettings settings = options.settings.plan;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options.tile_limits.size()); ++i) {
    if (!options.tile_limits.empty()) settings.max_tiles = options.tile_limits[i];
    PrintOut(PlanText(MakePlan(benchmarks, settings)));
  }
  return kExitFine;
}

int Run(const Options& options) {
  CheckOptions(options);
  const std::vector<const Benchmark*> benchmarks = ChooseBenchmarks(options.benchmarks);
  if (options.dry_run) return PrintPlans(benchmarks, options);
  if (options.settings.place.size > 1 && options.tile_limits.size() > 1) {
    throw UsageError("--max-tiles: several workers share a run of one tile limit; start them for each");
  }
  if (options.settings.place.rank > 0) return RunAsHelper(benchmarks, options.settings);
  return options.tile_limits.size() > 1 ? RunSweep(benchmarks, options) : RunOnce(benchmarks, options);
}

}  // namespace

void AddRunCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  RunSettings& settings = options->settings;
  CLI::App* command = app->add_subcommand("run", "Runs a model over benchmarks into a run folder, or goes on with one");
  command->add_option(
      "--model", options->model,
      "Checkpoint folder as published on Hugging Face; URL of an OpenAI-compatible server; or replay:PATH with stored "
      "answers: a run folder, a table of VLMEvalKit (.tsv, .xlsx) or JSON");
  AddEndpointOptions(command, &options->endpoint);
  command->add_option("--backend", settings.backend.name, "native, or null: answers nothing, to measure the harness")
      ->capture_default_str();
  AddDataOptions(command, &options->benchmarks, &settings.plan);
  command->add_option("--out", settings.out, "Run folder; made when it is not there");
  AddRecipeOptions(command, &settings.plan);
  command
      ->add_option(
          "--max-tiles", options->tile_limits,
          "Tiles per picture instead of the recipe's; 0: no tiling. Several with commas between: a run for each")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(0, kMostTiles));
  AddMachineOptions(command, &options->machine);
  command->add_flag("!--no-prefix-reuse", settings.backend.reuses_prefixes,
                    "Prefill the whole prompt of each question, one at a time, to measure what sharing saves");
  AddJudgeOptions(command, &settings.judge);
  command->add_option("--max-failures", settings.max_failures, "Stop once more than N samples of this start failed")
      ->check(CLI::Range(0, 100'000'000));
  AddWorkerOptions(command, &options->workers);
  command->add_option("--progress", options->progress, "On standard error: auto (text), or json: an event per line")
      ->check(CLI::IsMember({"auto", "json"}))
      ->capture_default_str();
  command->add_flag("--dry-run", options->dry_run, "Print the plan; nothing is loaded or written");
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(kFooter);
  command->callback([command, options, exit_code] {
    CheckMachineOptions(options->machine);
    options->settings.threads = options->machine.threads;
    options->settings.backend.threads = options->machine.threads;
    options->settings.backend.precision = options->machine.precision;
    options->settings.backend.weights = options->machine.weights;
    options->settings.backend.device = options->machine.device;
    ReadTileLimits(options.get());
    ReadModelOption(*command, options.get());
    ReadWorkerOptions(options->workers, &options->settings);
    *exit_code = Run(*options);
  });
}

}  // namespace tessera
