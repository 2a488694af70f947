#include "harness/cli/plan_options.h"

namespace tessera {

void AddDataOptions(CLI::App* command, std::vector<std::string>* benchmarks, PlanSettings* settings) {
  command->add_option("--benchmarks", *benchmarks, "Names with commas between, or all; see `tessera data list`")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  command->add_option("--data", settings->data_folder,
                      "Folder with the benchmarks' files; not needed for a replayed table that holds the questions");
  command->add_option("--split", settings->split, "Split of the data, as `tessera data list` names it");
  command->add_option("--limit", settings->limit, "Only the first N samples of each benchmark")
      ->check(CLI::Range(1, 100'000'000));
  command->add_option("--ids", settings->ids, "Only these sample ids, with commas between")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void AddRecipeOptions(CLI::App* command, PlanSettings* settings) {
  command->add_option("--recipe", settings->recipe,
                      "How to ask: paper, vlmevalkit ...; each benchmark's first without it");
  command->add_option("--max-new-tokens", settings->max_new_tokens, "Tokens per answer instead of the recipe's")
      ->check(CLI::Range(1, 32768));
  command->add_option("--num-beams", settings->num_beams, "Beams instead of the recipe's; 1: greedy")
      ->check(CLI::Range(1, 64));
  command->add_option("--system-message", settings->system_message, "System message instead of the recipe's");
}

}  // namespace tessera
