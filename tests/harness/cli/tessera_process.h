// Runs the built `tessera` as a process.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace tessera {

struct ProcessResult {
  int exit_code = 0;
  std::string out;  // standard output
  std::string err;  // standard error
};

/// Runs `tessera` with `arguments` and waits for it.
ProcessResult RunTessera(const std::vector<std::string>& arguments);

/// Starts `tessera` with its output dropped, and gives the process id.
pid_t StartTessera(const std::vector<std::string>& arguments);

/// Waits for the process and gives its exit code; -1 when a signal ended it.
int WaitFor(pid_t process);

}  // namespace tessera
