// Ctrl-C: the first asks for an orderly end, soon; the second ends at once.
#pragma once

#include <atomic>

namespace tessera {

/// Installs the handler for SIGINT and SIGTERM and returns the flag that the first of them sets. The second one, and
/// the 1.5 seconds after the first when the process is still there (hashing, loading, one pass of a large model), end
/// it with exit code 130; the journal is whole up to its last complete line at any moment. Takes SIGALRM for that.
const std::atomic<bool>& WatchForInterrupt();

}  // namespace tessera
