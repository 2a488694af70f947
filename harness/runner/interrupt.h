// Ctrl-C: the first asks for an orderly end, the second ends at once.
#pragma once

#include <atomic>

namespace tessera {

/// Installs the handler for SIGINT and SIGTERM and returns the flag that the first of them sets. The second one ends
/// the process with exit code 130.
const std::atomic<bool>& WatchForInterrupt();

}  // namespace tessera
