#include <fmt/format.h>

#include "harness/base/strings.h"
#include "harness/cli/command_line.h"

namespace tessera {
namespace {

constexpr const char* kFooter = R"(
Examples:
  source <(tessera completion bash)
  tessera completion bash > /etc/bash_completion.d/tessera)";

/// One case branch per command: its sub-commands and its options.
void AddCases(const CLI::App& command, const std::string& path, std::string* cases) {
  std::vector<std::string> words;
  for (const CLI::App* sub : command.get_subcommands({})) {
    words.push_back(sub->get_name());
    AddCases(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), cases);
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  *cases += fmt::format("    \"{}\") words=\"{}\" ;;\n", path, Join(words, " "));
}

std::string BashScript(const CLI::App& app) {
  std::string cases;
  AddCases(app, "", &cases);
  return R"(_tessera() {
  local current="${COMP_WORDS[COMP_CWORD]}" path="" words="" i
  for ((i = 1; i < COMP_CWORD && i < 3; ++i)); do
    case "${COMP_WORDS[i]}" in -*) break ;; esac
    if [ "$i" = 1 ] || [ "$path" = model ] || [ "$path" = data ] || [ "$path" = completion ]; then
      path="${path:+$path }${COMP_WORDS[i]}"
    fi
  done
  case "$path" in
)" + cases +
         R"(  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$current" in -*) ;; *) COMPREPLY+=($(compgen -f -- "$current")) ;; esac
}
complete -o filenames -F _tessera tessera
)";
}

}  // namespace

void AddCompletionCommand(CLI::App* app, int* exit_code) {
  CLI::App* completion = app->add_subcommand("completion", "Prints a completion script for a shell");
  completion->require_subcommand(1);
  completion->footer(kFooter);
  CLI::App* bash = completion->add_subcommand("bash", "For bash");
  bash->footer(kFooter);
  bash->callback([app, exit_code] {
    PrintOut(BashScript(*app));
    *exit_code = kExitFine;
  });
}

}  // namespace tessera
