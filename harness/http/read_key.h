// Where the key for a server comes from: never the command line.
#pragma once

#include <string>

namespace tessera {

struct KeySource {
  std::string env;     // the environment variable that holds the key
  std::string file;    // or the file that does
  std::string option;  // "--key" of --key-env and --key-file, for messages
};

/// The key, without white space around it when it comes from a file; "" without a source. Throws kUsage for two sources
/// and for a variable that is not set, kInput for a file that cannot be read or is empty.
std::string ReadKey(const KeySource& source);

/// Keeps the memory of this process, where a key is, out of core files, of other processes of the user (ptrace,
/// /proc/PID/mem) and of crash reporters: PR_SET_DUMPABLE 0. The key is in too many places (the environment, libcurl's
/// buffers) to leave it alone out.
void ForbidCoreFiles();

}  // namespace tessera
