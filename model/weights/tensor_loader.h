// Checkpoint tensors as ATen tensors, in the arithmetic's type and on its device.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "model/config/weight_format.h"
#include "model/kernels/matrix_weight.h"
#include "model/weights/checkpoint.h"

namespace tessera {

/// Hands out the tensors of one checkpoint in the wanted type. On the CPU, matrices that are stored in 16 bits stay so
/// where float32 is wanted: `Linear` widens them as it multiplies. There, a tensor that need not be converted is used
/// where it lies in the mapped file (no copy; the file stays open as long as any such tensor lives); any other is
/// converted once and its mapped pages are released.
class TensorLoader {
 public:
  /// `matrices` says what becomes of matrices; kInt8 only on the CPU.
  TensorLoader(std::shared_ptr<const Checkpoint> checkpoint, at::ScalarType type, at::Device device,
               WeightFormat matrices = WeightFormat::kStored);

  /// The same on another device.
  TensorLoader On(at::Device device) const { return {checkpoint_, type_, device, matrices_}; }

  /// The tensor called `name`. The names and shapes were checked when the checkpoint was opened.
  at::Tensor Load(const std::string& name) const;

  /// Matrices as products take them: as Load gives them, repacked, or quantised to int8. The mapped pages of what was
  /// repacked or quantised are released.
  MatrixWeight LoadMatrix(const std::string& name) const;
  GatedWeight LoadGated(const std::string& gate_name, const std::string& up_name) const;

  /// Gate and up from one tensor: its first and its second half of rows.
  GatedWeight LoadGatedHalves(const std::string& name) const;

 private:
  LinearWeight LoadRows(const std::string& name) const;
  bool MayRepack(const LinearWeight& weight) const;
  at::Tensor LoadAs(const std::string& name, at::ScalarType type) const;
  at::ScalarType TypeOf(const TensorView& view) const;

  std::shared_ptr<const Checkpoint> checkpoint_;
  at::ScalarType type_;
  at::Device device_;
  WeightFormat matrices_;
};

/// F32 -> at::kFloat ...
at::ScalarType ToScalarType(DataType type);

}  // namespace tessera
