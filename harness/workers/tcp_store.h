// The store of a run that processes on many machines share: c10d's TCPStore.
#pragma once

#include <atomic>
#include <memory>

#include "harness/workers/key_store.h"
#include "harness/workers/worker_place.h"

namespace tessera {

/// Hosts the store where `place` says so (rank 0, unless torchrun hosts it), or connects to it once it is there, for
/// which it waits up to five minutes or until `stop` is set. Throws kEnvironment when the port is taken, or the store
/// cannot be reached.
std::unique_ptr<KeyStore> MakeTcpStore(const WorkerPlace& place, const std::atomic<bool>* stop);

}  // namespace tessera
