#include "harness/workers/make_store.h"

#include "harness/base/error.h"
#ifdef TESSERA_HAS_NATIVE
#include "harness/workers/tcp_store.h"
#endif

namespace tessera {

#ifdef TESSERA_HAS_NATIVE
std::unique_ptr<KeyStore> MakeStore(const WorkerPlace& place, const std::atomic<bool>* stop) {
  return MakeTcpStore(place, stop);
}
#else
std::unique_ptr<KeyStore> MakeStore(const WorkerPlace&, const std::atomic<bool>*) {
  throw UsageError("this build has no store for several workers; configure it with TESSERA_NATIVE=ON");
}
#endif

}  // namespace tessera
