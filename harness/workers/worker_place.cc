#include "harness/workers/worker_place.h"

#include <fmt/format.h>

#include <charconv>
#include <climits>
#include <cstdlib>
#include <vector>

#include "harness/base/error.h"

namespace tessera {
namespace {

constexpr int kDefaultPort = 29500;  // as c10d has it

/// How a launcher calls its facts.
struct Launcher {
  const char* rank;
  const char* size;
  const char* local_rank;
  const char* local_size;
};
constexpr Launcher kTorch = {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"};
constexpr Launcher kOpenMpi = {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
                               "OMPI_COMM_WORLD_LOCAL_SIZE"};
constexpr Launcher kPmi = {"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS"};
constexpr Launcher kSlurm = {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", nullptr};

std::optional<int> Number(const Environment& environment, const char* name, int low, int high) {
  const std::optional<std::string> text = environment(name);
  if (!text) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < low || value > high) {
    throw UsageError(fmt::format("{}={}: expected a number from {} to {}", name, *text, low, high));
  }
  return value;
}

/// What one launcher says.
struct Claim {
  const Launcher* launcher = nullptr;
  int rank = 0;
  int size = 1;

  std::string Text() const { return fmt::format("{}={} {}={}", launcher->rank, rank, launcher->size, size); }
};

std::optional<Claim> ReadClaim(const Environment& environment, const Launcher& launcher) {
  const std::optional<int> rank = Number(environment, launcher.rank, 0, INT_MAX);
  const std::optional<int> size = Number(environment, launcher.size, 1, INT_MAX);
  if (!rank && !size) return std::nullopt;
  if (!rank) throw UsageError(fmt::format("{} is set, {} is not", launcher.size, launcher.rank));
  if (!size) throw UsageError(fmt::format("{} is set, {} is not", launcher.rank, launcher.size));
  const Claim claim{&launcher, *rank, *size};
  if (*rank >= *size) throw UsageError(fmt::format("{}: the rank must be below the size", claim.Text()));
  return claim;
}

/// A job script and `salloc` have Slurm's variables too, but only a step of several tasks starts workers.
std::optional<Claim> ReadSlurmClaim(const Environment& environment) {
  if (!environment("SLURM_STEP_ID") || Number(environment, kSlurm.size, 1, INT_MAX).value_or(1) == 1) {
    return std::nullopt;
  }
  return ReadClaim(environment, kSlurm);
}

void CheckAgree(const std::optional<Claim>& one, const std::optional<Claim>& other) {
  if (!one || !other || (one->rank == other->rank && one->size == other->size)) return;
  throw UsageError(fmt::format("{} contradicts {}; unset those of the launcher that did not start this process",
                               one->Text(), other->Text()));
}

std::optional<Claim> FindClaim(const Environment& environment) {
  const std::optional<Claim> torch = ReadClaim(environment, kTorch);
  // torchrun may itself run once per machine under another launcher, whose variables its workers inherit.
  if (torch && environment("TORCHELASTIC_RUN_ID")) return torch;
  const std::optional<Claim> open_mpi = ReadClaim(environment, kOpenMpi);
  const std::optional<Claim> pmi = ReadClaim(environment, kPmi);
  const std::optional<Claim> slurm = ReadSlurmClaim(environment);
  CheckAgree(torch, open_mpi);
  CheckAgree(torch, pmi);
  CheckAgree(open_mpi, pmi);
  // mpirun in a Slurm job starts its daemons with srun: Slurm's variables are then the daemon's.
  if (open_mpi || pmi) return open_mpi ? open_mpi : pmi;
  CheckAgree(torch, slurm);
  return torch ? torch : slurm;
}

bool IsOneMachine(const Environment& environment, const Claim& claim) {
  if (claim.launcher == &kSlurm) return Number(environment, "SLURM_STEP_NUM_NODES", 1, INT_MAX) == 1;
  return Number(environment, claim.launcher->local_size, 1, INT_MAX) == claim.size;
}

}  // namespace

std::optional<std::string> ReadEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

WorkerPlace FindWorkerPlace(const Environment& environment) {
  const std::optional<Claim> claim = FindClaim(environment);
  if (!claim || claim->size == 1) return {};
  WorkerPlace place{.rank = claim->rank, .size = claim->size};
  place.local_rank = Number(environment, claim->launcher->local_rank, 0, INT_MAX).value_or(0);
  place.port = Number(environment, "MASTER_PORT", 1, 65535).value_or(kDefaultPort);
  if (const std::optional<std::string> host = environment("MASTER_ADDR")) {
    place.host = *host;
  } else if (IsOneMachine(environment, *claim)) {
    place.host = "127.0.0.1";
  } else {
    throw UsageError(fmt::format("{}: MASTER_ADDR is missing: the machine of rank 0", claim->Text()));
  }
  if (environment("TORCHELASTIC_USE_AGENT_STORE") == "True") {
    place.is_store_hosted = true;
    place.key_prefix = fmt::format("{}/{}/", environment("TORCHELASTIC_RUN_ID").value_or(""),
                                   environment("TORCHELASTIC_RESTART_COUNT").value_or("0"));
  }
  return place;
}

}  // namespace tessera
