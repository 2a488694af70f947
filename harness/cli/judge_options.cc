#include "harness/cli/command_line.h"
#include "harness/cli/spending_options.h"
#include "harness/http/read_key.h"

namespace tessera {

void AddJudgeOptions(CLI::App* command, JudgeSettings* settings) {
  command->add_option("--judge", settings->judge,
                      "URL of an OpenAI-compatible server, replay:FILE, or none; without it the replies that the run's "
                      "journal has");
  command->add_option("--judge-model", settings->model, "Model that the judge's server is asked for");
  command->add_option("--judge-key-env", settings->key_env, "Environment variable with the key for the judge's server")
      ->each([](const std::string&) { ForbidCoreFiles(); });
  command->add_option("--judge-key-file", settings->key_file, "File with the key for the judge's server")
      ->each([](const std::string&) { ForbidCoreFiles(); });
  command->add_option("--judge-prompts", settings->prompts,
                      "Folder with the authors' judge prompts; see docs/judge.md");
  command->add_option("--judge-concurrency", settings->concurrency, "Calls of the judge at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--judge-timeout", settings->http.timeout_s, "Seconds that one call of the judge may take")
      ->check(CLI::Range(1.0, 86400.0))
      ->capture_default_str();
  AddSpendingOptions(command, "--judge-", "the judge", &settings->spending);
}

}  // namespace tessera
