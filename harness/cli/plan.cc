#include "harness/runner/plan.h"

#include <fmt/format.h>

#include <memory>

#include "harness/base/error.h"
#include "harness/cli/command_line.h"
#include "harness/cli/plan_options.h"
#include "harness/cli/work_text.h"
#include "harness/estimate/this_machine.h"
#include "harness/judge/judge_prompts.h"
#include "harness/runner/equal_pictures.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
Pictures are not decoded: their headers say their size. Without --on, this machine is measured for about two seconds.
Devices of --on: h100, h200, a100, rtx4090; NAMExN for N of them, each with a share of the pictures.
Exit code 1: a picture cannot be read, or a question cannot be asked.

Examples:
  tessera plan --model InternVL-Chat-V1-5 --benchmarks chartqa,mmbench-en --data data
  tessera plan --model InternVL-Chat-V1-5 --benchmarks all --data data --on h100x8 --efficiency 0.4
  tessera plan --model Mini-InternVL-Chat-2B-V1-5 --benchmarks docvqa --data data --max-tiles 6 --json
  tessera plan --benchmarks all --data datasets/mini)";

constexpr double kDefaultEfficiency = 0.5;
constexpr std::size_t kMostFailures = 20;  // printed one by one

struct Options {
  PlanSettings plan;
  std::string model;
  MachineOptions machine;
  std::vector<std::string> benchmarks;
  std::filesystem::path judge_prompts;
  std::string on;
  std::optional<double> efficiency;
  bool json = false;
};

void CheckOptions(const Options& options) {
  CheckMachineOptions(options.machine);
  const auto refuse = [](bool given, std::string_view option, std::string_view why) {
    if (given) throw UsageError(fmt::format("{} has no effect {}", option, why));
  };
  if (options.model.starts_with("replay:")) throw UsageError("--model: stored answers cost nothing to plan");
  if (options.plan.data_folder.empty()) throw UsageError("--data is missing: the folder with the benchmarks' files");
  const MachineOptions defaults;
  const bool has_model = !options.model.empty();
  refuse(!has_model && !options.on.empty(), "--on", "without --model");
  refuse(!has_model && options.machine.precision != defaults.precision, "--precision", "without --model");
  refuse(!has_model && options.machine.weights != defaults.weights, "--weights", "without --model");
  refuse(!options.on.empty() && options.machine.weights != defaults.weights, "--weights", "with --on");
  refuse(!has_model && options.machine.device != defaults.device, "--device", "without --model");
  refuse(!options.on.empty() && options.machine.device != defaults.device, "--device", "with --on");
  refuse(options.on.empty() && options.efficiency.has_value(), "--efficiency",
         "on this machine, which is measured; see --on");
}

/// The published speed of --on.
DeviceSpeed NamedDevice(const Options& options, const PlannedModel& model) {
  const DeviceSpeed speed = ParseDevice(options.on, options.efficiency.value_or(kDefaultEfficiency));
  if (model.precision == "float32") {
    throw UsageError("--on: the published rates are for 16-bit arithmetic; give --precision bfloat16");
  }
  return speed;
}

void PrintFailures(const std::vector<std::string>& failures) {
  for (std::size_t i = 0; i < std::min(failures.size(), kMostFailures); ++i) PrintNotice(failures[i]);
  if (failures.size() > kMostFailures) PrintNotice(fmt::format("and {} more", failures.size() - kMostFailures));
}

int Run(const Options& options) {
  CheckOptions(options);
  std::optional<PlannedModel> model;
  if (!options.model.empty()) model = LoadPlannedModel(options.model, options.machine.precision, options.machine.weights);
  WorkReport report{.model = model ? &*model : nullptr};
  if (!options.on.empty()) report.speed = NamedDevice(options, *model);
  JudgeTexts judge_texts;
  if (!options.judge_prompts.empty()) judge_texts = ReadJudgeTexts(options.judge_prompts);

  Plan plan = MakePlan(ChooseBenchmarks(options.benchmarks), options.plan);
  JoinEqualPictures(HashPictures(plan), &plan);
  report.plan = &plan;
  report.work = EstimateWork(plan, plan.groups, report.model, judge_texts, options.machine.threads);
  if (model && !report.speed) {
    report.speed = MeasureThisMachine(*model, report.work.total, options.machine.device, options.machine.threads);
  }
  PrintOut(options.json ? WorkJson(report) : WorkText(report));
  PrintFailures(report.work.failures);
  return report.work.total.failed > 0 ? kExitUnscored : kExitFine;
}

}  // namespace

void AddPlanCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app->add_subcommand("plan", "What a run would ask, compute and store, and how long it would take");
  command->add_option("--model", options->model,
                      "Checkpoint folder; its weights need not be there. Without it only samples, pictures and tiles");
  AddDataOptions(command, &options->benchmarks, &options->plan);
  AddRecipeOptions(command, &options->plan);
  command
      ->add_option("--max-tiles", options->plan.max_tiles, "Tiles per picture instead of the recipe's; 0: no tiling")
      ->check(CLI::Range(0, kMostTiles));
  AddMachineOptions(command, &options->machine);
  command->add_option("--on", options->on, "Time for a device by its published rates instead of this machine: h100x8");
  command->add_option("--efficiency", options->efficiency, "Share of the published rates that is reached; 0.5 without")
      ->check(CLI::Range(0.01, 1.0));
  command->add_option("--judge-prompts", options->judge_prompts,
                      "Folder with the authors' judge prompts; see docs/judge.md");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(kFooter);
  command->callback([options, exit_code] { *exit_code = Run(*options); });
}

}  // namespace tessera
