#include "model/generate/speed_probes.h"

#include <ATen/Parallel.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <memory>

#include "model/generate/native_model.h"
#include "model/weights/checkpoint.h"

namespace tessera {
namespace {

/// Large enough that a product is at its rate, small enough to be done between any two measurements.
constexpr std::int64_t kSide = 2048;

double SecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// On a thread of its own: OpenMP keeps the number of threads per calling thread.
double OnOwnThread(int threads, const std::function<double()>& measure) {
  return std::async(std::launch::async,
                    [&] {
                      const c10::InferenceMode inference;
                      at::set_num_threads(threads);
                      return measure();
                    })
      .get();
}

}  // namespace

double MeasureProductRate(const std::string& precision, int threads) {
  const double seconds = OnOwnThread(threads, [&] {
    const at::Tensor matrix =
        at::ones({kSide, kSide}, at::TensorOptions().dtype(ChooseType(precision, DataType::kF32)));
    const auto multiply = [&] { at::linear(matrix, matrix); };
    multiply();
    std::array<double, 3> times = {SecondsOf(multiply), SecondsOf(multiply), SecondsOf(multiply)};
    std::sort(times.begin(), times.end());
    return times[1];
  });
  return 2.0 * kSide * kSide * kSide / seconds;
}

double MeasureProjector(const std::filesystem::path& checkpoint, const std::string& precision, int threads, int tiles) {
  return OnOwnThread(threads, [&] {
    const ModelConfig config = LoadModelConfig(checkpoint);
    auto opened = std::make_shared<const Checkpoint>(Checkpoint::Open(checkpoint, config));
    const at::ScalarType type = ChooseType(precision, opened->stored_type());
    const ProjectorWeights weights = LoadProjectorWeights(TensorLoader(std::move(opened), type, at::kCPU));
    const at::Tensor tokens =
        at::ones({tiles, TokensPerTile(config), weights.norm_weight.size(0)}, at::TensorOptions().dtype(type));
    const auto project = [&] { Project(tokens, weights); };
    project();
    return SecondsOf(project);
  });
}

}  // namespace tessera
