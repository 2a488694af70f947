// The store of a run with several workers, where this build has one.
#pragma once

#include <atomic>
#include <memory>

#include "harness/workers/key_store.h"
#include "harness/workers/worker_place.h"

namespace tessera {

/// As MakeTcpStore. Throws kUsage in a build without it.
std::unique_ptr<KeyStore> MakeStore(const WorkerPlace& place, const std::atomic<bool>* stop);

}  // namespace tessera
