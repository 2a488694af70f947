// The options that limit what a server may cost.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "harness/http/spending.h"

namespace tessera {

/// Adds `start`token-limit, `start`cost-limit and `start`prices; `start` is "--" or "--judge-", `server` says whose
/// tokens they count.
void AddSpendingOptions(CLI::App* command, const std::string& start, const std::string& server,
                        SpendingSettings* settings);

}  // namespace tessera
