#include "tests/model/native/pretend_device.h"

#include <ATen/EmptyTensor.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/resize_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <cstdlib>
#include <optional>

namespace tessera {
namespace {

constexpr auto kType = c10::DeviceType::PrivateUse1;

class Memory : public c10::Allocator {
 public:
  explicit Memory(c10::DeviceIndex index) : device_(kType, index) {}
  c10::DataPtr allocate(std::size_t bytes) override {
    void* data = std::malloc(bytes);
    return {data, data, &std::free, device_};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &std::free; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override { default_copy_data(to, from, bytes); }

 private:
  c10::Device device_;
};

c10::Allocator* MemoryOf(std::optional<c10::Device> device) {
  static Memory memories[] = {Memory(0), Memory(1)};
  return &memories[device->index()];
}

constexpr c10::DispatchKeySet kKeys(c10::DispatchKey::PrivateUse1);

at::Tensor Empty(c10::IntArrayRef sizes, std::optional<c10::ScalarType> type, std::optional<c10::Layout>,
                 std::optional<c10::Device> device, std::optional<bool>, std::optional<c10::MemoryFormat> format) {
  return at::detail::empty_generic(sizes, MemoryOf(device), kKeys, c10::dtype_or_default(type), format);
}

at::Tensor EmptyStrided(c10::IntArrayRef sizes, c10::IntArrayRef strides, std::optional<c10::ScalarType> type,
                        std::optional<c10::Layout>, std::optional<c10::Device> device, std::optional<bool>) {
  return at::detail::empty_strided_generic(sizes, strides, MemoryOf(device), kKeys, c10::dtype_or_default(type));
}

/// The same memory as a tensor of the CPU.
at::Tensor OnCpu(const at::Tensor& tensor) {
  return at::from_blob(tensor.data_ptr(), tensor.sizes(), tensor.strides(),
                       at::TensorOptions().dtype(tensor.scalar_type()));
}

at::Tensor CopyFrom(const at::Tensor& from, const at::Tensor& to, bool) {
  OnCpu(to).copy_(OnCpu(from));
  return to;
}

at::Tensor CopyFromAndResize(const at::Tensor& from, const at::Tensor& to) {
  return CopyFrom(from, at::native::resize_(to, from.sizes()), false);
}

at::Tensor Convolution(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                       c10::IntArrayRef stride, c10::IntArrayRef padding, c10::IntArrayRef dilation, bool transposed,
                       c10::IntArrayRef output_padding, std::int64_t groups) {
  return at::convolution(OnCpu(x), OnCpu(weight), OnCpu(*bias), stride, padding, dilation, transposed, output_padding,
                         groups)
      .to(x.device());
}

void RequireDevice(const c10::OperatorHandle& op, const at::Tensor& tensor, std::optional<c10::Device>* device) {
  if (!tensor.defined() || tensor.dim() == 0) return;  // a number may come from anywhere
  if (*device) TORCH_CHECK(**device == tensor.device(), op.schema().name(), ": ", **device, " and ", tensor.device());
  *device = tensor.device();
}

void ComputeOnOneDevice(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  std::optional<c10::Device> device;
  for (const c10::IValue& argument : torch::jit::last(*stack, op.schema().arguments().size())) {
    if (argument.isTensor()) RequireDevice(op, argument.toTensor(), &device);
    if (!argument.isTensorList()) continue;
    for (const at::Tensor& tensor : argument.toTensorVector()) RequireDevice(op, tensor, &device);
  }
  at::native::cpu_fallback(op, stack);
}

C10_REGISTER_GUARD_IMPL(PrivateUse1, c10::impl::NoOpDeviceGuardImpl<kType>);

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", Empty);
  library.impl("empty_strided", EmptyStrided);
  library.impl("_copy_from", CopyFrom);
  library.impl("_copy_from_and_resize", CopyFromAndResize);
  library.impl("as_strided", at::native::as_strided_tensorimpl);
  library.impl("_reshape_alias", at::native::_reshape_alias);
  library.impl("view", at::native::view);
  library.impl("convolution_overrideable", Convolution);
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&ComputeOnOneDevice>());
}

}  // namespace

at::Device PretendDevice(int index) { return {kType, static_cast<c10::DeviceIndex>(index)}; }

}  // namespace tessera
