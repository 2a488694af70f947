// The command `tessera`. Alone turns errors into exit codes: see kExit... in command_line.h and ErrorKind in error.h.
#include <exception>
#include <new>

#include "harness/base/error.h"
#include "harness/cli/command_line.h"

namespace tessera {
namespace {

constexpr const char* kFooter =
    R"(Exit codes: 0 fine, 1 samples unscored or a check failed, 2 wrong usage, 3 bad input, 4 environment,
130 interrupted.

Examples:
  tessera ask --model InternVL-Chat-V1-5 --image chart.png "What is the highest value?"
  tessera run --model InternVL-Chat-V1-5 --benchmarks chartqa --data data --out runs/chartqa
  tessera report runs/chartqa --format markdown
  tessera COMMAND --help)";

int Fail(const std::string& message, int exit_code) {
  PrintNotice("error: " + message);
  return exit_code;
}

int Main(int argc, char** argv) {
  CLI::App app("Runs the multimodal model InternVL 1.5 and evaluates it over benchmarks.", "tessera");
  int exit_code = kExitFine;
  AddRunCommand(&app, &exit_code);
  AddPlanCommand(&app, &exit_code);
  AddScoreCommand(&app, &exit_code);
  AddReportCommand(&app, &exit_code);
  AddVerifyCommand(&app, &exit_code);
  AddSubmitCommand(&app, &exit_code);
  AddProfileCommand(&app, &exit_code);
  AddAskCommand(&app, &exit_code);
  AddModelCommand(&app, &exit_code);
  AddDataCommand(&app, &exit_code);
  AddVersionCommand(&app, &exit_code);
  AddCompletionCommand(&app, &exit_code);
  app.require_subcommand(1);
  app.footer(kFooter);
  try {
    CheckCommandNames(app, {argv + 1, argv + argc});
    app.parse(argc, argv);
    return exit_code;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    // A mistyped option often shows as a missing one first; the typing error is the one to name.
    return Fail(app.remaining(/*recurse=*/true).empty() ? error.what() : UnknownOptionMessage(app), kExitUsage);
  } catch (const Error& error) {
    return Fail(error.what(), static_cast<int>(error.kind()));
  } catch (const std::bad_alloc&) {
    return Fail("out of memory", kExitEnvironment);
  } catch (const std::exception& error) {
    return Fail(std::string("unexpected: ") + error.what(), kExitEnvironment);
  }
}

}  // namespace
}  // namespace tessera

int main(int argc, char** argv) { return tessera::Main(argc, argv); }
