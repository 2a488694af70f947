#include <fmt/format.h>

#include <memory>
#include <string>

#include "harness/cli/command_line.h"
#include "harness/profile/speed_suite.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
The suite "speed" measures the matrix products and memory reads of this machine, and between them the vision tower, the
projector, prefill, decode, preprocessing, loading, and a run like DocVQA. Random weights are as good as any:
see tessera model make. On two cores and with 2 billion parameters it takes some minutes a sample.

Examples:
  tessera profile --suite speed --checkpoint model/nano
  tessera profile --suite speed --checkpoint /tmp/mini-2b --threads 2 --precision bfloat16
  tessera profile --suite speed --checkpoint /tmp/mini-2b --samples 9 --json > speed.json)";

struct Options {
  std::string suite = "speed";
  SpeedSettings speed;
  std::string checkpoint;
  bool json = false;
  bool markdown = false;
};

int Profile(const Options& options) {
  SpeedSettings settings = options.speed;
  settings.checkpoint = options.checkpoint;
  settings.notice = [](const std::string& text) { PrintNotice("measuring " + text); };
  const SpeedReport report = MeasureSpeed(settings);
  PrintOut(options.json ? SpeedJson(report) : options.markdown ? SpeedMarkdown(report) : SpeedText(report));
  return kExitFine;
}

}  // namespace

void AddProfileCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand("profile", "How fast this machine runs a checkpoint, beside its own limits");
  command->add_option("--suite", options->suite, "What is measured")
      ->check(CLI::IsMember({"speed"}))
      ->capture_default_str();
  command->add_option("--checkpoint", options->checkpoint, "Checkpoint folder")->required();
  command
      ->add_option("--precision", options->speed.precision,
                   "Arithmetic: auto (as the weights are stored), float32, ...")
      ->check(CLI::IsMember({"auto", "float32", "bfloat16", "float16"}))
      ->capture_default_str();
  AddWeightsOption(command, &options->speed.weights);
  command->add_option("--threads", options->speed.threads, "Threads of all that is measured; all cores without it")
      ->check(CLI::Range(1, 1024));
  command->add_option("--samples", options->speed.samples, "Of every row; the median of at least five means something")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("!--no-run", options->speed.measures_run, "Without the run like DocVQA, which takes longest");
  CLI::Option* json = command->add_flag("--json", options->json, "Print JSON, with every sample");
  command->add_flag("--markdown", options->markdown, "Print a table in Markdown")->excludes(json);
  command->footer(kFooter);
  command->callback([options, exit_code] { *exit_code = Profile(*options); });
}

}  // namespace tessera
