// What the commands share: their declarations, printing, and finding what the user meant.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "benchmarks/benchmark.h"
#include "harness/judge/make_judge.h"

namespace tessera {

inline constexpr int kExitFine = 0;
inline constexpr int kExitUnscored = 1;  // a sample is unscored, or a check found something wrong
inline constexpr int kExitUsage = 2;
inline constexpr int kExitEnvironment = 4;
inline constexpr int kExitInterrupted = 130;

/// Each adds its command to `app`; when the command line names it, it runs and leaves its exit code in `exit_code`.
void AddRunCommand(CLI::App* app, int* exit_code);
void AddPlanCommand(CLI::App* app, int* exit_code);
void AddScoreCommand(CLI::App* app, int* exit_code);
void AddReportCommand(CLI::App* app, int* exit_code);
void AddVerifyCommand(CLI::App* app, int* exit_code);
void AddSubmitCommand(CLI::App* app, int* exit_code);
void AddProfileCommand(CLI::App* app, int* exit_code);
void AddAskCommand(CLI::App* app, int* exit_code);
void AddModelCommand(CLI::App* app, int* exit_code);
void AddDataCommand(CLI::App* app, int* exit_code);
void AddVersionCommand(CLI::App* app, int* exit_code);
void AddCompletionCommand(CLI::App* app, int* exit_code);

/// Adds --precision, --weights, --device and --threads, which `run`, `plan` and `ask` share.
struct MachineOptions {
  std::string precision = "auto";
  std::string weights = "stored";
  std::string device = "cpu";
  int threads = 0;
};
void AddMachineOptions(CLI::App* command, MachineOptions* options);

/// Throws kUsage for --weights int8 on a GPU.
void CheckMachineOptions(const MachineOptions& options);

/// Adds --weights alone.
void AddWeightsOption(CLI::App* command, std::string* weights);

/// Adds --judge and what belongs to it, which `run` and `score` share.
void AddJudgeOptions(CLI::App* command, JudgeSettings* settings);

/// Writes `text` to standard output at once. Throws kEnvironment when it cannot be written.
void PrintOut(const std::string& text);

/// Writes "tessera: `text`" and a newline to standard error.
void PrintNotice(const std::string& text);

/// True when standard output is a terminal and NO_COLOR is not set.
bool WantsColour();

/// The benchmarks called `names`, in the order given; {"all"} gives the whole catalogue. Throws kUsage for an unknown
/// or repeated name.
std::vector<const Benchmark*> ChooseBenchmarks(const std::vector<std::string>& names);

/// Throws kUsage when a word of `arguments` stands where a command must and is none, with the nearest name.
void CheckCommandNames(const CLI::App& app, const std::vector<std::string>& arguments);

/// The message for options that no command knows, with the nearest one of the command that was given.
std::string UnknownOptionMessage(const CLI::App& app);

}  // namespace tessera
