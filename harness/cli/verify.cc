#include "harness/runner/verify.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/command_line.h"

namespace tessera {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kShownMismatches = 50;

constexpr const char* kFooter = R"(
Hashes checkpoint, data and pictures again, compares the journal with the samples of the data, scores it again, and
compares with scores.json, report.json and report.md. Nothing is written.
Exit code 1: something does not match.

Examples:
  tessera verify runs/paper
  tessera verify runs/paper --data /mnt/data --model /mnt/InternVL-Chat-V1-5
  tessera verify runs/paper --json)";

struct Options {
  VerifySettings settings;
  bool json = false;
};

std::string VerificationJson(const Verification& verification) {
  OrderedJson json = {{"schema_version", 1},
                      {"passed", verification.mismatches.empty()},
                      {"files", verification.files},
                      {"pictures", verification.pictures},
                      {"samples", verification.samples}};
  json["mismatches"] = OrderedJson::array();
  for (const Mismatch& mismatch : verification.mismatches) {
    json["mismatches"].push_back({{"what", mismatch.what}, {"expected", mismatch.expected}, {"found", mismatch.found}});
  }
  json["unchecked"] = verification.unchecked;
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string VerificationText(const Verification& verification) {
  std::string text;
  const std::size_t count = verification.mismatches.size();
  for (std::size_t i = 0; i < std::min(count, kShownMismatches); ++i) {
    const Mismatch& mismatch = verification.mismatches[i];
    text += fmt::format("{}\n  expected {}\n  found    {}\n", mismatch.what, mismatch.expected, mismatch.found);
  }
  if (count > kShownMismatches) text += fmt::format("and {} more; --json has all\n", count - kShownMismatches);
  for (const std::string& line : verification.unchecked) text += fmt::format("not checked: {}\n", line);
  const std::string outcome = count == 0 ? "everything that was checked matches" : fmt::format("{} mismatches", count);
  return text + fmt::format("{} files, {} pictures, {} samples: {}\n", verification.files, verification.pictures,
                            verification.samples, outcome);
}

int Verify(const Options& options) {
  const Verification verification = VerifyRun(options.settings, FindBenchmark, PrintNotice);
  PrintOut(options.json ? VerificationJson(verification) : VerificationText(verification));
  return verification.mismatches.empty() ? kExitFine : kExitUnscored;
}

}  // namespace

void AddVerifyCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  VerifySettings& settings = options->settings;
  CLI::App* command = app->add_subcommand("verify", "Recomputes every hash and score of a run folder and compares");
  command->add_option("RUN", settings.run_folder, "Run folder")->required();
  command->add_option("--data", settings.data_folder, "Folder with the benchmarks' files, when it has moved");
  command->add_option("--model", settings.model_folder,
                      "Checkpoint folder, when it has moved; of a replay the folder with the stored answers");
  command->add_option("--judge-model", settings.judge.model, "Of several judges in the log, the one that counts");
  command->add_option("--judge-prompts", settings.judge.prompts, "Folder with the authors' judge prompts, if used");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(kFooter);
  command->callback([options, exit_code] { *exit_code = Verify(*options); });
}

}  // namespace tessera
