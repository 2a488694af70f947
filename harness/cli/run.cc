#include "harness/runner/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <memory>

#include "harness/base/error.h"
#include "harness/base/strings.h"
#include "harness/cli/command_line.h"
#include "harness/cli/endpoint_options.h"
#include "harness/cli/plan_options.h"
#include "harness/cli/plan_text.h"
#include "harness/cli/progress.h"
#include "harness/cli/run_notice.h"
#include "harness/runner/interrupt.h"

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
  tessera run --model model/nano --benchmarks chartqa --data datasets/mini --out runs/nano --max-tiles 6 --json
  mpirun -n 4 tessera run --model InternVL-Chat-V1-5 --benchmarks all --data data --out runs/four --device cuda)";

constexpr std::string_view kReplay = "replay:";

struct Options {
  RunSettings settings;
  std::string model;
  MachineOptions machine;
  EndpointOptions endpoint;
  std::vector<std::string> benchmarks;
  std::string progress = "auto";
  std::optional<double> lease_s;
  std::optional<int> replicas;
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
  refuse(options.replicas.has_value(), "--replicas");
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
    if (options.lease_s) throw UsageError("--lease has no effect with --dry-run");
    if (options.replicas) throw UsageError("--replicas has no effect with --dry-run");
    return;
  }
  if (options.settings.out.empty()) throw UsageError("--out is missing: the run folder");
  if (is_native && !has_model) throw UsageError("--model is missing: the checkpoint folder");
  if (!is_native && has_model) {
    throw UsageError(fmt::format("--model has no effect with --backend {}", options.settings.backend.name));
  }
  CheckBackendName(options.settings.backend.name);
}

/// "cuda" is a GPU of its own for each worker of a machine: that of its local rank, among those it may see.
std::string OwnGpu(const WorkerPlace& place) {
  const std::optional<std::string> visible = ReadEnvironment("CUDA_VISIBLE_DEVICES");
  const auto count = visible ? static_cast<int>(Split(*visible, ',').size()) : place.local_rank + 1;
  return fmt::format("cuda:{}", place.local_rank % count);
}

/// The devices of the replicas; --replicas puts them on one device, a list of devices gives one to each.
void ReadDevices(const Options& options, BackendSettings* backend, const WorkerPlace& place) {
  const std::vector<std::string> devices = Split(backend->device, ',');
  backend->device = devices.front();  // what a resumed run must share
  if (options.replicas && devices.size() > 1) {
    throw UsageError("--replicas has no effect with several devices: each has one");
  }
  if (devices.size() > 1) {
    backend->devices = devices;
  } else if (place.size > 1 && backend->device == "cuda") {
    backend->devices.assign(static_cast<std::size_t>(options.replicas.value_or(1)), OwnGpu(place));
  } else if (options.replicas) {
    backend->devices.assign(static_cast<std::size_t>(*options.replicas), backend->device);
  }
}

/// The place among the workers that the launcher gave this process.
void ReadPlace(Options* options) {
  RunSettings& settings = options->settings;
  settings.place = FindWorkerPlace(ReadEnvironment);
  if (!options->lease_s) return;
  if (settings.place.size == 1) throw UsageError("--lease has no effect on a run of one worker");
  settings.lease = std::chrono::milliseconds(std::llround(1000 * *options->lease_s));
}

ProgressStyle StyleOf(const std::string& option) {
  if (option == "json") return ProgressStyle::kJson;
  return ::isatty(STDERR_FILENO) != 0 ? ProgressStyle::kTerminal : ProgressStyle::kPlain;
}

/// The progress of a run is shown by rank 0 alone.
RunResult RunAsHelper(const std::vector<const Benchmark*>& benchmarks, const RunSettings& settings) {
  RunHooks hooks;
  hooks.notice = [&settings](const std::string& text) {
    PrintNotice(fmt::format("rank {}: {}", settings.place.rank, text));
  };
  hooks.stop = &WatchForInterrupt();
  return RunBenchmarks(benchmarks, settings, hooks);
}

RunResult RunWithProgress(const std::vector<const Benchmark*>& benchmarks, const Options& options) {
  Progress progress(stderr, StyleOf(options.progress));
  RunHooks hooks;
  hooks.notice = [&progress](const std::string& text) { progress.Notice(text); };
  hooks.on_plan = [&options](const Plan& plan, const auto& groups) { PrintRunNotice(plan, groups, options.settings); };
  hooks.on_start = [&progress](const std::vector<BenchmarkProgress>& before) { progress.Start(before); };
  hooks.on_sample = [&progress](const SampleRecord& record) { progress.Add(record); };
  hooks.stop = &WatchForInterrupt();
  return RunBenchmarks(benchmarks, options.settings, hooks);
}

int ExitCodeOf(const RunResult& result) {
  if (result.stopped) return kExitInterrupted;
  const bool has_unscored = !result.is_helper && HasUnscored(result.scored.report);
  return result.too_many_failures || has_unscored ? kExitUnscored : kExitFine;
}

int Run(const Options& options) {
  CheckOptions(options);
  const std::vector<const Benchmark*> benchmarks = ChooseBenchmarks(options.benchmarks);
  if (options.dry_run) {
    PrintOut(PlanText(MakePlan(benchmarks, options.settings.plan)));
    return kExitFine;
  }
  if (options.settings.place.rank > 0) return ExitCodeOf(RunAsHelper(benchmarks, options.settings));
  const RunResult result = RunWithProgress(benchmarks, options);
  const Report& report = result.scored.report;
  PrintOut(options.json ? PrintJson(report) : PrintConsole(report, WantsColour()));
  const std::string folder = options.settings.out.string();
  if (result.stopped) {
    PrintNotice(fmt::format("interrupted; run the same command again to resume the run in {}", folder));
  } else if (result.too_many_failures) {
    PrintNotice(fmt::format("stopped: more than {} samples failed; run the same command again to resume the run in {}",
                            *options.settings.max_failures, folder));
  } else {
    PrintNotice(fmt::format("written to {}: run.json, journal, scores.json, report.md, report.json", folder));
  }
  return ExitCodeOf(result);
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
  AddMachineOptions(command, &options->machine);
  AddJudgeOptions(command, &settings.judge);
  command->add_option("--max-failures", settings.max_failures, "Stop once more than N samples of this start failed")
      ->check(CLI::Range(0, 100'000'000));
  command->add_option("--replicas", options->replicas, "Copies of the model in this process, which share the cores")
      ->check(CLI::Range(1, 1024));
  command->add_option("--lease", options->lease_s, "With several workers: seconds after which a silent one loses its work")
      ->check(CLI::Range(0.1, 86400.0))
      ->default_str("30");
  command->add_option("--progress", options->progress, "On standard error: auto (text), or json: an event per line")
      ->check(CLI::IsMember({"auto", "json"}))
      ->capture_default_str();
  command->add_flag("--dry-run", options->dry_run, "Print the plan; nothing is loaded or written");
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(kFooter);
  command->callback([command, options, exit_code] {
    options->settings.threads = options->machine.threads;
    options->settings.backend.threads = options->machine.threads;
    options->settings.backend.precision = options->machine.precision;
    options->settings.backend.device = options->machine.device;
    ReadModelOption(*command, options.get());
    ReadPlace(options.get());
    ReadDevices(*options, &options->settings.backend, options->settings.place);
    *exit_code = Run(*options);
  });
}

}  // namespace tessera
