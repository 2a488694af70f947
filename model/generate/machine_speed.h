// How fast the matrix products of this machine are.
#pragma once

#include <string>

namespace tessera {

struct MachineSpeed {
  double flops_per_s = 0;  // of a large matrix product, as in the prefill; a multiply-add is 2
  double bytes_per_s = 0;  // of weights read by a matrix-vector product, as in the decoding
};

/// The median of what repeated products of `precision` reach on `device` with `threads` threads (0: all cores); takes
/// about two seconds, and at least three products of each kind. Throws kUsage for an unknown precision or device name,
/// kEnvironment for a device that is not there.
MachineSpeed MeasureMachineSpeed(const std::string& precision, const std::string& device, int threads);

}  // namespace tessera
