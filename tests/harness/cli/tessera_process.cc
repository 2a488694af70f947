#include "tests/harness/cli/tessera_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

pid_t Start(const std::vector<std::string>& arguments, const std::string& out, const std::string& err) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  std::vector<char*> argv = {const_cast<char*>("tessera")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(TESSERA_BINARY, argv.data());
  ::_exit(127);
}

}  // namespace

ProcessResult RunTessera(const std::vector<std::string>& arguments) {
  const TempFolder folder;
  const std::string out = folder.path() / "out";
  const std::string err = folder.path() / "err";
  const int exit_code = WaitFor(Start(arguments, out, err));
  return {exit_code, ReadFile(out), ReadFile(err)};
}

pid_t StartTessera(const std::vector<std::string>& arguments) { return Start(arguments, "/dev/null", "/dev/null"); }

int WaitFor(pid_t process) {
  int status = 0;
  ::waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace tessera
