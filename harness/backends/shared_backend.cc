#include "harness/backends/shared_backend.h"

#include <utility>

namespace tessera {
namespace {

class SharedBackend : public Backend {
 public:
  explicit SharedBackend(std::shared_ptr<Backend> backend) : backend_(std::move(backend)) {}
  BackendInfo Info() const override { return backend_->Info(); }
  void Generate(std::span<const Query> batch, const Deliver& deliver) override { backend_->Generate(batch, deliver); }

 private:
  std::shared_ptr<Backend> backend_;
};

}  // namespace

BackendMaker MakeOnce(BackendMaker make) {
  return [make = std::move(make), backend = std::shared_ptr<Backend>()](const BackendSettings& settings) mutable {
    if (!backend) backend = make(settings);
    return std::make_unique<SharedBackend>(backend);
  };
}

}  // namespace tessera
