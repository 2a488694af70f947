// Checkpoint tensors as ATen tensors, in the arithmetic's type and on its device.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "model/kernels/matrix_weight.h"
#include "model/weights/checkpoint.h"

namespace tessera {

/// Hands out the tensors of one checkpoint in the wanted type. On the CPU, matrices that are stored in 16 bits stay so
/// where float32 is wanted: `Linear` widens them as it multiplies. There, a tensor that need not be converted is used
/// where it lies in the mapped file (no copy; the file stays open as long as any such tensor lives); any other is
/// converted once and its mapped pages are released.
class TensorLoader {
 public:
  TensorLoader(std::shared_ptr<const Checkpoint> checkpoint, at::ScalarType type, at::Device device);

  /// The tensor called `name`. The names and shapes were checked when the checkpoint was opened.
  at::Tensor Load(const std::string& name) const;

  /// The same in the layout for products. The mapped pages of what was repacked are released.
  MatrixWeight LoadMatrix(const std::string& name) const;
  GatedWeight LoadGated(const std::string& gate_name, const std::string& up_name) const;

  /// Gate and up from one tensor: its first and its second half of rows.
  GatedWeight LoadGatedHalves(const std::string& name) const;

 private:
  at::ScalarType TypeOf(const TensorView& view) const;

  std::shared_ptr<const Checkpoint> checkpoint_;
  at::ScalarType type_;
  at::Device device_;
};

/// F32 -> at::kFloat ...
at::ScalarType ToScalarType(DataType type);

}  // namespace tessera
