// Which of a run's workers this process is, as its launcher says in the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace tessera {

struct WorkerPlace {
  int rank = 0;        // 0 leads the run
  int size = 1;        // processes that were started; 1: the run is this process alone
  int local_rank = 0;  // among those on this machine
  std::string host;    // where the store of the run is; empty when size is 1
  int port = 0;
  bool is_store_hosted = false;  // by torchrun; otherwise rank 0 hosts it
  std::string key_prefix;        // in a store that outlives one start of the workers
};

/// Gives the value of an environment variable; nullopt when it is not set or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// The environment of this process.
std::optional<std::string> ReadEnvironment(const char* name);

/// Understands RANK and WORLD_SIZE (torchrun, Kubernetes), OMPI_COMM_WORLD_RANK and _SIZE (OpenMPI), PMI_RANK and
/// PMI_SIZE (MPICH, Intel MPI), SLURM_PROCID and SLURM_NTASKS (inside a job step of several tasks), with MASTER_ADDR
/// and MASTER_PORT (29500 when it is not set). MASTER_ADDR may be left out where all processes are known to be on one
/// machine. Throws kUsage, naming the variables, for one without its partner, for no number, for a rank that is not
/// below the size, and where two launchers contradict each other.
WorkerPlace FindWorkerPlace(const Environment& environment);

}  // namespace tessera
