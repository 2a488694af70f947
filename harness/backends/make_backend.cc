#include "harness/backends/make_backend.h"

#include <fmt/format.h>

#include "harness/backends/null_backend.h"
#include "harness/backends/replay_backend.h"
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
                            .threads = settings.threads,
                            .on_text = settings.on_text,
                            .stop = settings.stop});
}
#else
void CheckNative() {
  throw UsageError("this build has no native model to run a checkpoint with; configure it with TESSERA_NATIVE=ON");
}

std::unique_ptr<Backend> MakeNative(const BackendSettings&) { return nullptr; }  // CheckNative comes first
#endif

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
  return std::make_unique<ThreadBackend>([&settings]() -> std::unique_ptr<Backend> {
    if (settings.name == "null") return std::make_unique<NullBackend>();
    if (settings.name == "replay") return std::make_unique<ReplayBackend>(settings.answers);
    return MakeNative(settings);
  });
}

}  // namespace tessera
