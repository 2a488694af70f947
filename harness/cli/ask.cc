#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "harness/backends/make_backend.h"
#include "harness/base/error.h"
#include "harness/cli/command_line.h"
#include "harness/runner/load_pictures.h"
#include "model/api/generate_all.h"
#include "model/config/model_config.h"
#include "model/text/conversation.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
With several pictures the prompt reads "Image-1: <image>", "Image-2: <image>" and so on, then the question.

Examples:
  tessera ask --model InternVL-Chat-V1-5 --image page.png "What is the title?"
  tessera ask --model InternVL-Chat-V1-5 --image a.jpg --image b.jpg "What changed?" --max-tiles 6
  tessera ask --model InternVL-Chat-V1-5 "Who wrote Faust?" --json)";

struct Options {
  std::string model;
  std::vector<std::string> images;
  std::string question;
  std::optional<int> max_tiles;
  GenerationSettings generation;
  std::string system_message{kDefaultSystemMessage};
  MachineOptions machine;
  bool json = false;
};

Prompt MakePrompt(const Options& options, int max_tiles) {
  std::string text;
  if (options.images.size() > 1) {
    for (std::size_t i = 1; i <= options.images.size(); ++i) text += fmt::format("Image-{}: <image>\n", i);
  }
  text += options.question;
  return {.turns = {{Role::kSystem, options.system_message}, {Role::kUser, text}},
          .max_tiles = max_tiles,
          .image_layout = options.images.size() > 1 ? ImageLayout::kMarkPerImage : ImageLayout::kOneMark,
          .generation = options.generation};
}

Query MakeQuery(const Options& options, const Backend& backend) {
  const int max_tiles = options.max_tiles.value_or(LoadModelConfig(options.model).max_dynamic_patch);
  std::vector<ImageSource> sources;
  for (const std::string& image : options.images) sources.push_back({.file = image});
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int threads = options.machine.threads > 0 ? options.machine.threads : cores;
  std::set<PictureUse> uses;
  for (std::size_t i = 0; i < sources.size(); ++i) uses.insert({i, max_tiles});
  const LoadedPictures pictures = LoadPictures(sources, uses, backend.Info(), threads);
  if (pictures.failure) throw InputError(pictures.failure->message);
  Query query{.sample_id = "ask", .prompt = MakePrompt(options, max_tiles), .images = pictures.images};
  for (const auto& [use, tiles] : pictures.tiles) query.tiles.push_back(tiles);
  return query;
}

std::string JsonText(const Prediction& prediction) {
  const Timing& times = prediction.timing;
  const nlohmann::ordered_json json = {{"answer", prediction.answer},
                                       {"prompt_tokens", prediction.prompt_tokens},
                                       {"new_tokens", prediction.new_tokens},
                                       {"tiles", prediction.tiles},
                                       {"hit_token_limit", prediction.hit_token_limit},
                                       {"vision_s", times.vision_s},
                                       {"prefill_s", times.prefill_s},
                                       {"decode_s", times.decode_s}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int Ask(const Options& options) {
  CheckMachineOptions(options.machine);
  if (options.images.empty() && options.max_tiles) throw UsageError("--max-tiles has no effect without --image");
  BackendSettings settings;
  settings.checkpoint = options.model;
  settings.device = options.machine.device;
  settings.precision = options.machine.precision;
  settings.weights = options.machine.weights;
  settings.threads = options.machine.threads;
  bool streamed = false;
  if (!options.json) {
    settings.on_text = [&streamed](std::string_view text) {
      // Not PrintOut: its error would look like a failed answer. The newline at the end finds the same trouble.
      std::fwrite(text.data(), 1, text.size(), stdout);
      std::fflush(stdout);
      streamed = true;
    };
  }
  const std::unique_ptr<Backend> backend = MakeBackend(settings);
  const Query query = MakeQuery(options, *backend);
  const std::vector<Outcome> outcomes = GenerateAll(*backend, {&query, 1});
  if (const auto* failure = std::get_if<Failure>(&outcomes.at(0))) throw InputError(failure->message);
  const Prediction& prediction = std::get<Prediction>(outcomes[0]);
  PrintOut(options.json ? JsonText(prediction) : streamed ? "\n" : prediction.answer + "\n");
  return kExitFine;
}

}  // namespace

void AddAskCommand(CLI::App* app, int* exit_code) {
  auto options = std::make_shared<Options>();
  GenerationSettings& generation = options->generation;
  CLI::App* command =
      app->add_subcommand("ask", "Asks one question, about pictures or without, and streams the answer");
  command->add_option("--model", options->model, "Checkpoint folder as published on Hugging Face")->required();
  command->add_option("--image", options->images, "Picture file; repeat it for several")->allow_extra_args(false);
  command->add_option("QUESTION", options->question, "The question")->required();
  command->add_option("--max-tiles", options->max_tiles, "Tiles per picture; the checkpoint's own limit without it")
      ->check(CLI::Range(0, 40));
  command->add_option("--max-new-tokens", generation.max_new_tokens, "Tokens of the answer")
      ->check(CLI::Range(1, 32768))
      ->capture_default_str();
  command->add_option("--min-new-tokens", generation.min_new_tokens, "The answer does not end before these tokens")
      ->check(CLI::Range(0, 32768))
      ->capture_default_str();
  command->add_option("--num-beams", generation.num_beams, "Beams; 1: greedy")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--repetition-penalty", generation.repetition_penalty, "Over generated tokens; 1: none")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  command->add_option("--system-message", options->system_message, "Instead of the reference code's default");
  AddMachineOptions(command, &options->machine);
  command->add_flag("--json", options->json, "Print answer, tokens and times as JSON instead of streaming");
  command->footer(kFooter);
  command->callback([options, exit_code] { *exit_code = Ask(*options); });
}

}  // namespace tessera
