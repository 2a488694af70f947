#include "harness/cli/command_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

std::string DidYouMean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::optional<std::string> nearest = NearestName(word, candidates);
  return nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "; see --help";
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

}  // namespace

void AddWeightsOption(CLI::App* command, std::string* weights) {
  command
      ->add_option("--weights", *weights,
                   "The language model's matrices: stored, or int8, half of 16 bits (CPU only; moves answers a little)")
      ->check(CLI::IsMember({"stored", "int8"}))
      ->capture_default_str();
}

void CheckMachineOptions(const MachineOptions& options) {
  if (options.weights == "int8" && options.device.find("cuda") != std::string::npos) {
    throw UsageError(fmt::format("--weights int8 is for the CPU; --device is {}", options.device));
  }
}

void AddMachineOptions(CLI::App* command, MachineOptions* options) {
  command->add_option("--precision", options->precision, "Arithmetic: auto (as the weights are stored), float32, ...")
      ->check(CLI::IsMember({"auto", "float32", "bfloat16", "float16"}))
      ->capture_default_str();
  AddWeightsOption(command, &options->weights);
  command
      ->add_option("--device", options->device,
                   "Where the model runs: cpu, cuda, cuda:1, or with its layers split cuda:0+cuda:1; for run also a "
                   "list with commas, a replica on each")
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Threads of the model and of the harness; all cores without it")
      ->check(CLI::Range(1, 1024));
}

void PrintOut(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) throw EnvironmentError("standard output cannot be written");
}

void PrintNotice(const std::string& text) { std::fprintf(stderr, "tessera: %s\n", text.c_str()); }

bool WantsColour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

std::vector<const Benchmark*> ChooseBenchmarks(const std::vector<std::string>& names) {
  if (names == std::vector<std::string>{"all"}) return {Catalog().begin(), Catalog().end()};
  std::vector<const Benchmark*> chosen;
  for (const std::string& name : names) {
    const Benchmark* benchmark = &FindBenchmark(name);
    if (std::find(chosen.begin(), chosen.end(), benchmark) != chosen.end()) {
      throw UsageError(fmt::format("--benchmarks: \"{}\" is there twice", name));
    }
    chosen.push_back(benchmark);
  }
  return chosen;
}

void CheckCommandNames(const CLI::App& app, const std::vector<std::string>& arguments) {
  const CLI::App* level = &app;
  for (const std::string& word : arguments) {
    const std::vector<std::string> names = CommandNames(*level);
    if (names.empty() || word.starts_with('-')) return;
    if (std::find(names.begin(), names.end(), word) == names.end()) {
      throw UsageError(fmt::format("unknown command \"{}\"{}", word, DidYouMean(word, names)));
    }
    level = level->get_subcommand(word);
  }
}

std::string UnknownOptionMessage(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  std::vector<std::string> known;
  for (const CLI::Option* option : command->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::vector<std::string> remaining = app.remaining(/*recurse=*/true);
  const std::string word = remaining.empty() ? "" : remaining.front().substr(0, remaining.front().find('='));
  if (!word.starts_with('-')) return fmt::format("unexpected argument \"{}\"; see --help", word);
  return fmt::format("unknown option \"{}\"{}", word, DidYouMean(word, known));
}

}  // namespace tessera
