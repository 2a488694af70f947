#include <fmt/format.h>

#include "harness/cli/command_line.h"
#include "harness/journal/provenance.h"

namespace tessera {

void AddVersionCommand(CLI::App* app, int* exit_code) {
  CLI::App* command = app->add_subcommand("version", "Prints the version and the git revision");
  command->footer("\nExamples:\n  tessera version");
  command->callback([exit_code] {
    const ToolRecord tool = ThisTool();
    const std::string revision = tool.git_revision.empty() ? "" : fmt::format(" ({})", tool.git_revision);
    PrintOut(fmt::format("tessera {}{}\n", tool.version, revision));
    *exit_code = kExitFine;
  });
}

}  // namespace tessera
