#include "harness/cli/spending_options.h"

#include <fmt/format.h>

namespace tessera {

void AddSpendingOptions(CLI::App* command, const std::string& start, const std::string& server,
                        SpendingSettings* settings) {
  settings->option = start;
  command
      ->add_option(start + "token-limit", settings->tokens,
                   fmt::format("Ask {} no more once N tokens were used in this start, prompt and new together", server))
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000'000}));
  command
      ->add_option(start + "cost-limit", settings->cost,
                   fmt::format("Ask {} no more once this start cost as much, by {}prices", server, start))
      ->check(CLI::PositiveNumber);
  command
      ->add_option(start + "prices", settings->prices,
                   fmt::format("IN,OUT: price of a million prompt tokens and of a million new tokens of {}", server))
      ->delimiter(',')
      ->allow_extra_args(false);
}

}  // namespace tessera
