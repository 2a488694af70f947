#include "harness/profile/machine_limits.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <vector>

#include "model/image/parallel_for.h"
#ifdef TESSERA_HAS_NATIVE
#include "model/generate/speed_probes.h"
#else
#include "harness/base/error.h"
#endif

namespace tessera {
namespace {

constexpr std::size_t kWords = (256u << 20) / sizeof(std::uint64_t);

double SecondsToRead(const std::vector<std::uint64_t>& words, int threads) {
  std::atomic<std::uint64_t> sum = 0;  // used, so that the reading is not left out
  const auto start = std::chrono::steady_clock::now();
  ParallelFor(static_cast<int>(words.size()), threads, 1, [&](int begin, int end) {
    sum += std::accumulate(words.begin() + begin, words.begin() + end, std::uint64_t{0});
  });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return sum == words.size() ? seconds : 0;
}

}  // namespace

double MeasureReadRate(int threads) {
  const std::vector<std::uint64_t> words(kWords, 1);  // not kept: it would count in the peak memory
  SecondsToRead(words, threads);
  std::array<double, 3> times{};
  for (double& seconds : times) seconds = SecondsToRead(words, threads);
  std::sort(times.begin(), times.end());
  return static_cast<double>(words.size() * sizeof(std::uint64_t)) / times[1];
}

#ifdef TESSERA_HAS_NATIVE
MachineLimits MeasureMachineLimits(const std::string& precision, int threads) {
  return {.flops_per_s = MeasureProductRate(precision, threads), .bytes_per_s = MeasureReadRate(threads)};
}

double ProjectorSeconds(const std::string& checkpoint, const std::string& precision, int threads, int tiles) {
  return MeasureProjector(checkpoint, precision, threads, tiles);
}
#else
MachineLimits MeasureMachineLimits(const std::string&, int) {
  throw UsageError("this build has no native model to measure; configure it with TESSERA_NATIVE=ON");
}

double ProjectorSeconds(const std::string&, const std::string&, int, int) {
  throw UsageError("this build has no native model to measure; configure it with TESSERA_NATIVE=ON");
}
#endif

}  // namespace tessera
