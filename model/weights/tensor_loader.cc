#include "model/weights/tensor_loader.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <cstring>
#include <stdexcept>
#include <utility>

#include "model/kernels/quantized_rows.h"

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

TensorLoader::TensorLoader(std::shared_ptr<const Checkpoint> checkpoint, at::ScalarType type, at::Device device,
                           WeightFormat matrices)
    : checkpoint_(std::move(checkpoint)), type_(type), device_(device), matrices_(matrices) {}

at::ScalarType TensorLoader::TypeOf(const TensorView& view) const {
  const bool is_matrix = view.shape.size() == 2;
  const bool is_short = view.type == DataType::kBf16 || view.type == DataType::kF16;
  return device_.is_cpu() && type_ == at::kFloat && is_matrix && is_short ? ToScalarType(view.type) : type_;
}

at::Tensor TensorLoader::Load(const std::string& name) const { return LoadAs(name, TypeOf(checkpoint_->Tensor(name))); }

LinearWeight TensorLoader::LoadRows(const std::string& name) const {
  if (matrices_ == WeightFormat::kStored) return Load(name);
  LinearWeight quantized = QuantizeRows(LoadAs(name, ToScalarType(checkpoint_->Tensor(name).type)));
  checkpoint_->Release(name);
  return quantized;
}

at::Tensor TensorLoader::LoadAs(const std::string& name, at::ScalarType type) const {
  const TensorView& view = checkpoint_->Tensor(name);
  const at::ScalarType stored = ToScalarType(view.type);
  const auto address = reinterpret_cast<std::uintptr_t>(view.data);
  const bool aligned = address % static_cast<std::uintptr_t>(BytesPerElement(view.type)) == 0;
  const auto options = at::TensorOptions().dtype(stored);
  // from_blob wants a mutable pointer; the mapping is read-only and no layer writes to a weight.
  void* data = const_cast<std::byte*>(view.data);
  if (stored == type && device_.is_cpu() && aligned) {
    return at::from_blob(
        data, view.shape, [keep = checkpoint_](void*) {}, options);
  }
  at::Tensor copy;
  if (aligned) {
    copy = at::from_blob(data, view.shape, options).to(device_, type, /*non_blocking=*/false, /*copy=*/true);
  } else {
    copy = at::empty(view.shape, options);
    std::memcpy(copy.data_ptr(), view.data, view.bytes);
    copy = copy.to(device_, type);
  }
  checkpoint_->Release(name);
  return copy;
}

/// Panels serve products of one type.
bool TensorLoader::MayRepack(const LinearWeight& weight) const {
  return !weight.scales.defined() && weight.values.scalar_type() == type_;
}

MatrixWeight TensorLoader::LoadMatrix(const std::string& name) const {
  const LinearWeight rows = LoadRows(name);
  if (!MayRepack(rows)) return HoldMatrix(rows);
  MatrixWeight weight = MakeMatrixWeight(rows.values);
  if (weight.panels.defined()) checkpoint_->Release(name);
  return weight;
}

GatedWeight TensorLoader::LoadGated(const std::string& gate_name, const std::string& up_name) const {
  const LinearWeight gate = LoadRows(gate_name), up = LoadRows(up_name);
  if (!MayRepack(gate) || !MayRepack(up)) return HoldGated(gate, up);
  GatedWeight weight = MakeGatedWeight(gate.values, up.values);
  if (!weight.panels.defined()) return weight;
  checkpoint_->Release(gate_name);
  checkpoint_->Release(up_name);
  return weight;
}

GatedWeight TensorLoader::LoadGatedHalves(const std::string& name) const {
  const LinearWeight both = LoadRows(name);
  const std::int64_t rows = both.values.size(0);
  const LinearWeight gate = both.Rows(0, rows / 2), up = both.Rows(rows / 2, rows);
  if (!MayRepack(both)) return HoldGated(gate, up);
  GatedWeight weight = MakeGatedWeight(gate.values, up.values);
  if (weight.panels.defined()) checkpoint_->Release(name);
  return weight;
}

}  // namespace tessera
