#include "model/generate/machine_speed.h"

#include <ATen/Parallel.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "harness/base/error.h"
#include "model/generate/devices.h"
#include "model/generate/native_model.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSecondsEach = 0.9;
constexpr std::size_t kFewest = 3;

/// Median seconds of a @ b, over kSecondsEach.
double MedianSeconds(const at::Tensor& a, const at::Tensor& b) {
  const auto multiply = [&] { at::matmul(a, b).flatten()[0].item<float>(); };  // item waits for the device
  multiply();                                                                  // the first call also chooses a kernel
  std::vector<double> seconds;
  const auto start = Clock::now();
  while (seconds.size() < kFewest || std::chrono::duration<double>(Clock::now() - start).count() < kSecondsEach) {
    const auto begin = Clock::now();
    multiply();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle;
}

MachineSpeed Measure(const at::TensorOptions& options, int threads) {
  const c10::InferenceMode inference;
  at::set_num_threads(threads);  // a setting of the calling thread
  // On a GPU the product is large enough to hide its launch; the vector's matrix does not fit any cache.
  const std::int64_t side = options.device().is_cuda() ? 8192 : 1024;
  const at::Tensor square = at::ones({side, side}, options);
  const at::Tensor weights = at::ones({8192, 8192}, options);
  const at::Tensor vector = at::ones({8192, 1}, options);
  const double product_flops = 2.0 * static_cast<double>(side) * static_cast<double>(side) * static_cast<double>(side);
  return {.flops_per_s = product_flops / MedianSeconds(square, square),
          .bytes_per_s = static_cast<double>(weights.nbytes()) / MedianSeconds(weights, vector)};
}

}  // namespace

MachineSpeed MeasureMachineSpeed(const std::string& precision, const std::string& device, int threads) {
  // The devices of a split model work one after the other: together they are as fast as one.
  const at::TensorOptions options =
      at::TensorOptions().dtype(ChooseType(precision, DataType::kF32)).device(ChooseDevices(device).front());
  if (threads == 0) threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  try {
    // On a thread of its own: OpenMP keeps the number of threads per calling thread.
    return std::async(std::launch::async, [&] { return Measure(options, threads); }).get();
  } catch (const c10::Error& error) {
    throw EnvironmentError(error.what_without_backtrace());
  }
}

}  // namespace tessera
