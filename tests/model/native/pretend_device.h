// Devices for tests of what runs on several: memory of the CPU under other names.
#pragma once

#include <ATen/core/Tensor.h>

namespace tessera {

/// The `index`-th of two. A tensor there is no tensor of the CPU to the code under test: it takes the way of a GPU, and
/// the CPU computes it, in the tensor library. An operation over tensors of two devices throws c10::Error, as on GPUs.
at::Device PretendDevice(int index);

}  // namespace tessera
