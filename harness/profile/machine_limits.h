// What this machine can do at best, measured between the stages.
#pragma once

#include <string>

namespace tessera {

struct MachineLimits {
  double flops_per_s = 0;  // of a large matrix product, as LibTorch multiplies
  double bytes_per_s = 0;  // read from memory
};

/// Bytes per second that `threads` threads read together from a buffer larger than any cache, the median of three.
double MeasureReadRate(int threads);

/// Both limits, with the same number of threads; takes a fraction of a second. Throws kUsage in a build without the
/// native model.
MachineLimits MeasureMachineLimits(const std::string& precision, int threads);

/// Seconds of the projector alone: see model/generate/speed_probes.h. Throws kUsage in a build without the native
/// model.
double ProjectorSeconds(const std::string& checkpoint, const std::string& precision, int threads, int tiles);

}  // namespace tessera
