#include "harness/cli/endpoint_options.h"

#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/cli/spending_options.h"
#include "harness/http/read_key.h"

namespace tessera {
namespace {

void RefuseGiven(const CLI::App& command, std::initializer_list<const char*> options, std::string_view why) {
  for (const char* option : options) {
    if (command.count(option) > 0) throw UsageError(fmt::format("{} has no effect {}", option, why));
  }
}

}  // namespace

void AddEndpointOptions(CLI::App* command, EndpointOptions* options) {
  command->add_option("--model-name", options->model_name, "Model of the server at --model URL, as it names it");
  command->add_option("--key-env", options->key_env, "Environment variable with the key for the server")
      ->each([](const std::string&) { ForbidCoreFiles(); });
  command->add_option("--key-file", options->key_file, "File with the key for the server")
      ->each([](const std::string&) { ForbidCoreFiles(); });
  command->add_option("--concurrency", options->concurrency, "Requests to the server at the same time; 8 without it")
      ->check(CLI::Range(1, 256));
  command
      ->add_option("--timeout", options->timeout_s, "Seconds that one request to the server may take; 300 without it")
      ->check(CLI::Range(1.0, 86400.0));
  AddSpendingOptions(command, "--", "the server", &options->spending);
}

bool ReadEndpointOptions(const CLI::App& command, const std::string& model, const EndpointOptions& options,
                         RunSettings* settings) {
  if (!model.starts_with("http://") && !model.starts_with("https://")) {
    RefuseGiven(command,
                {"--model-name", "--key-env", "--key-file", "--concurrency", "--timeout", "--token-limit",
                 "--cost-limit", "--prices"},
                "without --model URL");
    if (settings->backend.name == "endpoint") throw UsageError("--backend endpoint: give the server with --model URL");
    return false;
  }
  RefuseGiven(command, {"--backend"}, "with --model URL");
  RefuseGiven(command, {"--precision", "--weights", "--device", "--threads", "--replicas", "--max-tiles", "--num-beams"},
              "on a server, which decides itself");
  if (options.model_name.empty()) throw UsageError("--model-name is missing: the model that the server is asked for");
  settings->backend.name = "endpoint";
  settings->backend.endpoint = {
      .url = model, .model = options.model_name, .key_env = options.key_env, .key_file = options.key_file};
  EndpointSettings& endpoint = settings->backend.endpoint;
  endpoint.spending = options.spending;
  if (options.concurrency) endpoint.concurrency = *options.concurrency;
  if (options.timeout_s) endpoint.http.timeout_s = *options.timeout_s;
  settings->plan.asks_server = true;
  settings->plan.num_beams = 1;  // the protocol has no beam search; the plan states the deviation
  return true;
}

}  // namespace tessera
