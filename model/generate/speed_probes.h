// Single products and the projector, timed alone.
#pragma once

#include <filesystem>
#include <string>

namespace tessera {

/// FLOP/s that the product of two square matrices of `precision` ("float32", "bfloat16", "float16") reaches on the CPU
/// with `threads` threads: the median of three, after one that is not counted. What large matrices can hope for.
double MeasureProductRate(const std::string& precision, int threads);

/// Seconds that the projector of `checkpoint` takes for the pixel-shuffled tokens of `tiles` tiles, after one pass that
/// is not counted. Throws kInput for a broken checkpoint.
double MeasureProjector(const std::filesystem::path& checkpoint, const std::string& precision, int threads, int tiles);

}  // namespace tessera
