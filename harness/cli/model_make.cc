#include "harness/cli/model_make.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "harness/base/error.h"
#include "harness/cli/command_line.h"
#include "harness/cli/quantity_text.h"
#include "model/config/synthetic_sizes.h"
#include "model/weights/synthetic_checkpoint.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
Sizes: mini-2b has those of Mini-InternVL-Chat-2B-V1-5 (4.4 GB), small the same structure with 0.1 billion parameters
(0.2 GB), 26b-slice the widths of InternVL-Chat-V1-5 with two layers of each half (4.6 GB). The answers mean nothing.

Examples:
  tessera model make --like small --out /tmp/small
  tessera model make --like mini-2b --seed 7 --out /tmp/mini-2b
  tessera model make --like 26b-slice --precision float32 --tokenizer InternVL-Chat-V1-5 --out /tmp/slice)";

struct Options {
  std::string like;
  std::string out;
  std::uint64_t seed = 0;
  std::string precision = "bfloat16";
  std::string tokenizer;
};

/// model/nano of the installed tree or of the source tree that this program lies in.
std::filesystem::path EmbeddedTokenizer() {
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  for (std::filesystem::path folder = program.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    for (const char* place : {"share/tessera/model/nano", "model/nano"}) {
      if (std::filesystem::exists(folder / place / "tokenizer.model")) return folder / place;
    }
  }
  throw EnvironmentError("model/nano is not beside this program; name a folder with tokenizer files: --tokenizer DIR");
}

int Make(const Options& options) {
  SyntheticCheckpoint checkpoint{.config = SyntheticSizes(options.like), .seed = options.seed};
  checkpoint.config.torch_dtype = options.precision;
  checkpoint.tokenizer_folder =
      options.tokenizer.empty() ? EmbeddedTokenizer() : std::filesystem::path(options.tokenizer);
  MakeSyntheticCheckpoint(checkpoint, options.out);
  PrintOut(fmt::format("{}: random weights like {}, seed {}, {} in {}\n", options.out, options.like, options.seed,
                       ScaledText(static_cast<double>(SyntheticBytes(checkpoint.config)), "B"), options.precision));
  return kExitFine;
}

}  // namespace

void AddModelMakeCommand(CLI::App* model, int* exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* make = model->add_subcommand("make", "Makes a checkpoint of random weights, to measure speed with");
  make->add_option("--like", options->like, "Its size")
      ->required()
      ->check(CLI::IsMember({"mini-2b", "small", "26b-slice"}));
  make->add_option("--out", options->out, "Folder to make; it must not exist")->required();
  make->add_option("--seed", options->seed, "Of the weights; the same seed gives the same bytes everywhere")
      ->capture_default_str();
  make->add_option("--precision", options->precision, "How the weights are stored")
      ->check(CLI::IsMember({"bfloat16", "float32"}))
      ->capture_default_str();
  make->add_option("--tokenizer", options->tokenizer, "Folder whose tokenizer files are copied; model/nano without it");
  make->footer(kFooter);
  make->callback([options, exit_code] { *exit_code = Make(*options); });
}

}  // namespace tessera
