// Several copies of a model in one process.
#pragma once

#include <tbb/concurrent_queue.h>

#include <memory>
#include <vector>

#include "model/api/backend.h"

namespace tessera {

/// Gives each call to a replica that is free. Its BackendInfo is that of the first; calls_at_once is one more than
/// there are replicas, so that a call stands ready when a replica becomes free.
class ReplicaBackend : public Backend {
 public:
  explicit ReplicaBackend(std::vector<std::unique_ptr<Backend>> replicas);

  BackendInfo Info() const override;
  void Generate(std::span<const Query> batch, const Deliver& deliver) override;

 private:
  std::vector<std::unique_ptr<Backend>> replicas_;
  tbb::concurrent_bounded_queue<Backend*> free_;
};

/// Lets the calling thread, and threads that it starts, run on the `index`-th of `count` equal shares of its cores
/// only. Where there are fewer cores than shares, or the system refuses, nothing changes.
void UseCoreShare(std::size_t index, std::size_t count);

}  // namespace tessera
