// `tessera model make`.
#pragma once

#include <CLI/CLI.hpp>

namespace tessera {

/// Adds `make` to the command `model`, as the functions of command_line.h do.
void AddModelMakeCommand(CLI::App* model, int* exit_code);

}  // namespace tessera
