#include "harness/backends/make_backend.h"

#include <fmt/format.h>

#include "harness/backends/null_backend.h"
#include "harness/backends/replay_backend.h"
#include "harness/backends/replica_backend.h"
#include "harness/backends/thread_backend.h"
#include "harness/base/error.h"
#include "harness/base/strings.h"
#ifdef TESSERA_HAS_NATIVE
#include "model/generate/native_backend.h"
#endif

namespace tessera {
namespace {

#ifdef TESSERA_HAS_NATIVE
void CheckNative() {}

std::unique_ptr<Backend> MakeNative(const BackendSettings& settings) {
  return MakeNativeBackend({.checkpoint = settings.checkpoint,
                            .device = settings.device,
                            .precision = settings.precision,
                            .weights = settings.weights,
                            .threads = settings.threads,
                            .reuses_prefixes = settings.reuses_prefixes,
                            .on_text = settings.on_text,
                            .stop = settings.stop});
}
#else
void CheckNative() {
  throw UsageError("this build has no native model to run a checkpoint with; configure it with TESSERA_NATIVE=ON");
}

std::unique_ptr<Backend> MakeNative(const BackendSettings&) { return nullptr; }  // CheckNative comes first
#endif

/// The backend on the `index`-th of the devices, on a thread of its own.
std::unique_ptr<Backend> MakeReplica(const BackendSettings& settings, std::size_t index) {
  BackendSettings own = settings;
  if (!settings.devices.empty()) own.device = settings.devices[index];
  return std::make_unique<ThreadBackend>([&]() -> std::unique_ptr<Backend> {
    if (settings.devices.size() > 1 && own.device == "cpu") UseCoreShare(index, settings.devices.size());
    if (own.name == "null") return std::make_unique<NullBackend>();
    if (own.name == "replay") return std::make_unique<ReplayBackend>(own.answers);
    return MakeNative(own);
  });
}

}  // namespace

void CheckBackendName(const std::string& name) {
  if (name == "native") return CheckNative();
  if (name == "null" || name == "replay" || name == "endpoint") return;
  const std::vector<std::string> names = {"native", "null", "replay"};
  const std::optional<std::string> nearest = NearestName(name, names);
  throw UsageError(fmt::format(
      "unknown backend \"{}\"{}", name,
      nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : fmt::format("; there are: {}", Join(names, ", "))));
}

std::unique_ptr<Backend> MakeBackend(const BackendSettings& settings) {
  CheckBackendName(settings.name);
  if (settings.name == "endpoint") {
    EndpointSettings endpoint = settings.endpoint;
    endpoint.http.stop = settings.stop;
    return std::make_unique<EndpointBackend>(endpoint);
  }
  if (settings.devices.size() <= 1) return MakeReplica(settings, 0);
  std::vector<std::unique_ptr<Backend>> replicas;
  for (std::size_t i = 0; i < settings.devices.size(); ++i) replicas.push_back(MakeReplica(settings, i));
  return std::make_unique<ReplicaBackend>(std::move(replicas));
}

}  // namespace tessera
