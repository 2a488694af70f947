#include "model/weights/tensor_loader.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstring>
#include <stdexcept>
#include <utility>

namespace tessera {

at::ScalarType ToScalarType(DataType type) {
  switch (type) {
    case DataType::kF32:
      return at::kFloat;
    case DataType::kF16:
      return at::kHalf;
    case DataType::kBf16:
      return at::kBFloat16;
    case DataType::kI64:
      return at::kLong;
  }
  throw std::invalid_argument("unknown data type");
}

TensorLoader::TensorLoader(std::shared_ptr<const Checkpoint> checkpoint, at::ScalarType type, at::Device device)
    : checkpoint_(std::move(checkpoint)), type_(type), device_(device) {}

at::Tensor TensorLoader::Load(const std::string& name) const {
  const TensorView& view = checkpoint_->Tensor(name);
  const at::ScalarType stored = ToScalarType(view.type);
  const auto address = reinterpret_cast<std::uintptr_t>(view.data);
  const bool aligned = address % static_cast<std::uintptr_t>(BytesPerElement(view.type)) == 0;
  const auto options = at::TensorOptions().dtype(stored);
  // from_blob wants a mutable pointer; the mapping is read-only and no layer writes to a weight.
  void* data = const_cast<std::byte*>(view.data);
  if (stored == type_ && device_.is_cpu() && aligned) {
    return at::from_blob(
        data, view.shape, [keep = checkpoint_](void*) {}, options);
  }
  at::Tensor copy;
  if (aligned) {
    copy = at::from_blob(data, view.shape, options).to(device_, type_, /*non_blocking=*/false, /*copy=*/true);
  } else {
    copy = at::empty(view.shape, options);
    std::memcpy(copy.data_ptr(), view.data, view.bytes);
    copy = copy.to(device_, type_);
  }
  checkpoint_->Release(name);
  return copy;
}

MatrixWeight TensorLoader::LoadMatrix(const std::string& name) const {
  MatrixWeight weight = MakeMatrixWeight(Load(name));
  if (weight.panels.defined()) checkpoint_->Release(name);
  return weight;
}

GatedWeight TensorLoader::LoadGated(const std::string& gate, const std::string& up) const {
  GatedWeight weight = MakeGatedWeight(Load(gate), Load(up));
  if (!weight.panels.defined()) return weight;
  checkpoint_->Release(gate);
  checkpoint_->Release(up);
  return weight;
}

GatedWeight TensorLoader::LoadGatedHalves(const std::string& name) const {
  const at::Tensor both = Load(name);
  const std::int64_t rows = both.size(0) / 2;
  GatedWeight weight = MakeGatedWeight(both.narrow(0, 0, rows), both.narrow(0, rows, rows));
  if (weight.panels.defined()) checkpoint_->Release(name);
  return weight;
}

}  // namespace tessera
