#include "harness/backends/replica_backend.h"

#include <sched.h>

namespace tessera {

ReplicaBackend::ReplicaBackend(std::vector<std::unique_ptr<Backend>> replicas) : replicas_(std::move(replicas)) {
  for (const std::unique_ptr<Backend>& replica : replicas_) free_.push(replica.get());
}

BackendInfo ReplicaBackend::Info() const {
  BackendInfo info = replicas_.front()->Info();
  info.calls_at_once = static_cast<int>(replicas_.size()) + 1;
  return info;
}

void ReplicaBackend::Generate(std::span<const Query> batch, const Deliver& deliver) {
  Backend* replica = nullptr;
  free_.pop(replica);
  try {
    replica->Generate(batch, deliver);
  } catch (...) {
    free_.push(replica);  // others may be waiting for it
    throw;
  }
  free_.push(replica);
}

void UseCoreShare(std::size_t index, std::size_t count) {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  const auto cores = static_cast<std::size_t>(CPU_COUNT(&allowed));
  if (cores < count) return;
  cpu_set_t share;
  CPU_ZERO(&share);
  std::size_t position = 0;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &allowed)) continue;
    if (position * count / cores == index) CPU_SET(core, &share);
    ++position;
  }
  static_cast<void>(::sched_setaffinity(0, sizeof share, &share));
}

}  // namespace tessera
