// `--model URL` and what belongs to it.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "harness/runner/run.h"

namespace tessera {

struct EndpointOptions {
  std::string model_name;
  std::string key_env;
  std::string key_file;
  std::optional<int> concurrency;
  std::optional<double> timeout_s;
  SpendingSettings spending;
};

/// Adds --model-name, --key-env, --key-file, --concurrency, --timeout, and the limits of AddSpendingOptions. Naming a
/// key forbids core files.
void AddEndpointOptions(CLI::App* command, EndpointOptions* options);

/// When `model` is a URL: sets `settings` up to ask that server, and returns true. Throws kUsage for an option of
/// `command` that has no effect on a server, or only on one, and for a missing --model-name.
bool ReadEndpointOptions(const CLI::App& command, const std::string& model, const EndpointOptions& options,
                         RunSettings* settings);

}  // namespace tessera
