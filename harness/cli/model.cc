#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/base/error.h"
#include "harness/cli/command_line.h"
#include "harness/cli/model_check.h"
#include "harness/cli/model_info.h"
#include "harness/cli/model_make.h"

namespace tessera {
namespace {

constexpr const char* kInfoFooter = R"(
FLOPs count a multiply-add as 2. The memory estimate is for weights and arithmetic as stored.

Examples:
  tessera model info InternVL-Chat-V1-5
  tessera model info InternVL-Chat-V1-5 --tiles 40 --prompt-tokens 10500 --new-tokens 100 --json)";

constexpr const char* kCheckFooter = R"(
Exit code 1: something is wrong.

Examples:
  tessera model check InternVL-Chat-V1-5
  tessera model check InternVL-Chat-V1-5 --json)";

constexpr const char* kFooter = R"(
Examples:
  tessera model info InternVL-Chat-V1-5
  tessera model check InternVL-Chat-V1-5
  tessera model make --like small --out /tmp/small)";

struct Options {
  std::string folder;
  std::optional<int> tiles, prompt_tokens, new_tokens;
  bool json = false;
};

int PrintInfo(const Options& options) {
  ModelInfo info = ReadModelInfo(options.folder);
  if (options.tiles) {
    const int text_tokens = info.work.prompt_tokens - info.work.tiles * TokensPerTile(info.config);
    info.work.tiles = *options.tiles;
    info.work.prompt_tokens = *options.tiles * TokensPerTile(info.config) + text_tokens;
  }
  const int image_tokens = info.work.tiles * TokensPerTile(info.config);
  if (options.prompt_tokens) {
    if (*options.prompt_tokens < image_tokens) {
      throw UsageError(fmt::format("--prompt-tokens: {} tiles alone have {} tokens, found {}", info.work.tiles,
                                   image_tokens, *options.prompt_tokens));
    }
    info.work.prompt_tokens = *options.prompt_tokens;
  }
  if (options.new_tokens) info.work.new_tokens = *options.new_tokens;
  PrintOut(options.json ? ModelInfoJson(info) : ModelInfoText(info));
  return kExitFine;
}

std::string CheckJson(const std::vector<CheckResult>& results) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const CheckResult& result : results) {
    json.push_back({{"check", result.name}, {"passed", result.passed}, {"message", result.message}});
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int PrintCheck(const Options& options) {
  const std::vector<CheckResult> results = CheckModel(options.folder);
  std::string text;
  for (const CheckResult& result : results) {
    text += fmt::format("{:<6} {:<15} {}\n", result.passed ? "ok" : "FAILED", result.name, result.message);
  }
  PrintOut(options.json ? CheckJson(results) : text);
  const bool passed = std::all_of(results.begin(), results.end(), [](const CheckResult& r) { return r.passed; });
  return passed ? kExitFine : kExitUnscored;
}

}  // namespace

void AddModelCommand(CLI::App* app, int* exit_code) {
  CLI::App* model = app->add_subcommand("model", "Looks at a checkpoint folder, or makes one");
  model->require_subcommand(1);
  model->footer(kFooter);

  auto options = std::make_shared<Options>();
  CLI::App* info = model->add_subcommand("info", "Architecture, parameters, FLOPs and memory of a checkpoint");
  info->add_option("DIR", options->folder, "Checkpoint folder")->required();
  info->add_option("--tiles", options->tiles, "Tiles that the memory estimate is for")->check(CLI::Range(0, 4096));
  info->add_option("--prompt-tokens", options->prompt_tokens, "Prompt tokens it is for, image tokens included")
      ->check(CLI::Range(1, 10'000'000));
  info->add_option("--new-tokens", options->new_tokens, "Answer tokens it is for")->check(CLI::Range(0, 10'000'000));
  info->add_flag("--json", options->json, "Print JSON");
  info->footer(kInfoFooter);
  info->callback([options, exit_code] { *exit_code = PrintInfo(*options); });

  CLI::App* check = model->add_subcommand("check", "Checks configuration, every tensor, tokenizer and special tokens");
  check->add_option("DIR", options->folder, "Checkpoint folder")->required();
  check->add_flag("--json", options->json, "Print JSON");
  check->footer(kCheckFooter);
  check->callback([options, exit_code] { *exit_code = PrintCheck(*options); });

  AddModelMakeCommand(model, exit_code);
}

}  // namespace tessera
