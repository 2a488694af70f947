// The CPU kernels against the machine's own limits: the rate of a large matrix product, and the speed of reading
// memory.
//
// Each benchmark measures its limit right beside itself, in turns, so that what else the machine does slows both alike:
// `share` is the kernel's rate over the limit's, from the medians of both. `cpu_share` is the same in processor time,
// of all threads, which other programs disturb less.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sum.h>
#include <benchmark/benchmark.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <vector>

#include "model/kernels/instruction_set.h"
#include "model/kernels/linear.h"
#include "model/kernels/quantized_rows.h"
#include "model/kernels/shared_prefix_attention.h"
#include "model/language/decoder.h"
#include "model/vision/intern_vit.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

at::Tensor Random(at::IntArrayRef shape, double scale = 1) {
  return at::randn(shape, at::TensorOptions().dtype(at::kFloat)).mul_(scale).to(at::kBFloat16);
}

struct Times {
  std::vector<double> wall_s, cpu_s;
};

void AddCall(Times& times, const std::function<void()>& run) {
  const auto start = Clock::now();
  const std::clock_t cpu_start = std::clock();
  run();
  times.cpu_s.push_back(static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC);
  times.wall_s.push_back(std::chrono::duration<double>(Clock::now() - start).count());
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Times `kernel` (doing `work` units each call) and `limit` (doing `limit_work`) in turns.
void MeasureShare(benchmark::State& state, double work, const std::function<void()>& kernel, double limit_work,
                  const std::function<void()>& limit) {
  const c10::InferenceMode inference;
  kernel();
  limit();
  Times kernel_times, limit_times;
  for (auto iteration : state) {
    AddCall(limit_times, limit);
    AddCall(kernel_times, kernel);
    state.SetIterationTime(kernel_times.wall_s.back());
  }
  const double rate = work / Median(kernel_times.wall_s);
  const double limit_rate = limit_work / Median(limit_times.wall_s);
  state.counters["rate_G/s"] = rate / 1e9;
  state.counters["limit_G/s"] = limit_rate / 1e9;
  state.counters["share"] = rate / limit_rate;
  state.counters["cpu_share"] = work / limit_work * Median(limit_times.cpu_s) / Median(kernel_times.cpu_s);
}

/// `flops` of `kernel` against a square bfloat16 product.
void MeasureFlops(benchmark::State& state, double flops, const std::function<void()>& kernel) {
  constexpr std::int64_t kSide = 2048;
  const at::Tensor a = Random({kSide, kSide}), b = Random({kSide, kSide});
  MeasureShare(state, flops, kernel, 2.0 * kSide * kSide * kSide, [&] { benchmark::DoNotOptimize(at::matmul(a, b)); });
}

/// `bytes` read by `kernel` against a sum over 1 GiB.
void MeasureBytes(benchmark::State& state, double bytes, const std::function<void()>& kernel) {
  const at::Tensor memory = at::randn({std::int64_t{1} << 28}, at::TensorOptions().dtype(at::kFloat));
  MeasureShare(state, bytes, kernel, static_cast<double>(memory.nbytes()),
               [&] { benchmark::DoNotOptimize(at::sum(memory)); });
}

/// The output head of a 1.8B model, whose weights fit no cache.
void SmallLinearRows(benchmark::State& state) {
  const at::Tensor weight = Random({92553, 2048}), x = Random({state.range(0), 2048});
  MeasureBytes(state, static_cast<double>(weight.nbytes()), [&] { benchmark::DoNotOptimize(Linear(x, weight)); });
}

/// A product whose int8 weights fit no cache, against the same with 16-bit weights as the model holds them: `share` above 1 is
/// what int8 gains. In bfloat16, or (second argument 1) in float32.
void Int8LinearRows(benchmark::State& state) {
  const at::Tensor weight = Random({32768, 2048});
  const at::Tensor x = Random({state.range(0), 2048}).to(state.range(1) == 1 ? at::kFloat : at::kBFloat16);
  const MatrixWeight stored = state.range(1) == 1 ? HoldMatrix(weight) : MakeMatrixWeight(weight);
  const MatrixWeight int8 = HoldMatrix(QuantizeRows(weight));
  const double flops = 2.0 * static_cast<double>(weight.numel() * state.range(0));
  MeasureShare(
      state, flops, [&] { benchmark::DoNotOptimize(Linear(x, int8)); }, flops,
      [&] { benchmark::DoNotOptimize(Linear(x, stored)); });
}

/// Block of InternViT-300M over tiles of 1025 tokens.
void VisionBlock(benchmark::State& state) {
  const std::int64_t tiles = state.range(0);
  constexpr std::int64_t kTokens = 1025, kWidth = 1024, kInner = 4096;
  VisionConfig config;
  config.hidden_size = kWidth;
  config.num_attention_heads = 16;
  config.intermediate_size = kInner;
  config.norm_type = NormType::kLayerNorm;
  config.qkv_bias = true;
  config.qk_normalization = false;
  VitBlockWeights weights;
  for (VitNormWeights* norm : {&weights.norm1, &weights.norm2}) *norm = {Random({kWidth}), Random({kWidth})};
  weights.ls1 = Random({kWidth}), weights.ls2 = Random({kWidth});
  weights.qkv_weight = MakeMatrixWeight(Random({3 * kWidth, kWidth}, 0.03)), weights.qkv_bias = Random({3 * kWidth});
  weights.proj_weight = MakeMatrixWeight(Random({kWidth, kWidth}, 0.03)), weights.proj_bias = Random({kWidth});
  weights.fc1_weight = MakeMatrixWeight(Random({kInner, kWidth}, 0.03)), weights.fc1_bias = Random({kInner});
  weights.fc2_weight = MakeMatrixWeight(Random({kWidth, kInner}, 0.02)), weights.fc2_bias = Random({kWidth});
  const at::Tensor x = Random({tiles, kTokens, kWidth});
  const double per_tile = 2.0 * kTokens * kWidth * (4 * kWidth + 2 * kInner) + 4.0 * kTokens * kTokens * kWidth;
  MeasureFlops(state, per_tile * static_cast<double>(tiles),
               [&] { benchmark::DoNotOptimize(VitBlock(x, weights, config)); });
}

/// Layer of InternLM2-1.8B over a prompt of the given length. Half of the attention's products are masked, and not
/// counted.
void DecoderPrefill(benchmark::State& state) {
  const std::int64_t tokens = state.range(0);
  constexpr std::int64_t kWidth = 2048, kInner = 8192, kHeads = 16, kKvHeads = 8, kHead = kWidth / kHeads;
  LanguageConfig config;
  config.architecture = LanguageArchitecture::kInternLm2;
  config.hidden_size = kWidth;
  config.intermediate_size = kInner;
  config.num_attention_heads = kHeads;
  config.num_key_value_heads = kKvHeads;
  config.num_hidden_layers = 1;
  config.max_position_embeddings = 32768;
  config.rope.theta = 1e6;
  DecoderLayerWeights weights;
  weights.attention_norm = Random({kWidth}), weights.mlp_norm = Random({kWidth});
  weights.qkv = MakeMatrixWeight(Random({(kHeads + 2 * kKvHeads) * kHead, kWidth}, 0.02));
  weights.attention_out = MakeMatrixWeight(Random({kWidth, kWidth}, 0.02));
  weights.gate_up = MakeGatedWeight(Random({kInner, kWidth}, 0.02), Random({kInner, kWidth}, 0.02));
  weights.down = MakeMatrixWeight(Random({kWidth, kInner}, 0.01));
  const at::Tensor x = Random({1, tokens, kWidth});
  Rope rope(config, at::kBFloat16, at::kCPU);
  const RopeTables tables = rope.Tables(0, tokens);
  const at::Device devices[] = {at::kCPU};
  KvCache cache = MakeKvCache(config, 1, tokens, at::kBFloat16, devices);
  const double linear = 2.0 * kWidth * (2 * kWidth + 2 * kKvHeads * kHead + 3 * kInner) * static_cast<double>(tokens);
  const double attention = 2.0 * kWidth * static_cast<double>(tokens) * static_cast<double>(tokens + 1);
  MeasureFlops(state, linear + attention,
               [&] { benchmark::DoNotOptimize(DecoderLayer(x, weights, config, tables, cache, 0)); });
}

/// Attention of one decoding step of InternLM2-1.8B for questions on one picture of 13 tiles, each with a tail of 60
/// tokens: against the bytes of the prefix, which is read once for all of them. More layers than a cache holds.
void DecodeAttention(benchmark::State& state) {
  const std::int64_t questions = state.range(0);
  constexpr std::int64_t kLayers = 8, kPrefix = 3362, kTail = 60, kKvHeads = 8, kGroupHeads = 2, kHead = 128;
  const at::Tensor q = Random({questions, kKvHeads, kGroupHeads, kHead});
  const at::Tensor tail_keys = Random({questions * kTail, kKvHeads, kHead});
  const at::Tensor tail_values = Random({questions * kTail, kKvHeads, kHead});
  std::vector<PrefixRows> layers;
  for (std::int64_t i = 0; i < kLayers; ++i) {
    const at::Tensor keys = Random({kKvHeads, kPrefix, kHead}), values = Random({kKvHeads, kPrefix, kHead});
    layers.push_back({.prefix = PackPrefix(keys, values)});
    for (std::int64_t row = 0; row < questions; ++row) {
      layers.back().tails.push_back({.first_row = row, .rows = 1, .first_token = row * kTail, .tokens = kTail});
    }
  }
  constexpr double kBytes = 2.0 * 2 * kLayers * kKvHeads * kPrefix * kHead;
  MeasureBytes(state, kBytes, [&] {
    for (const PrefixRows& layer : layers) {
      benchmark::DoNotOptimize(SharedPrefixAttention(q, tail_keys, tail_values, {&layer, 1}));
    }
  });
}

BENCHMARK(SmallLinearRows)->Arg(1)->Arg(8)->Arg(32)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(Int8LinearRows)
    ->ArgNames({"rows", "float32"})
    ->ArgsProduct({{1, 8}, {0, 1}})
    ->Iterations(11)  // so that the weights are made once
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(DecodeAttention)->Arg(1)->Arg(8)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(VisionBlock)->Arg(13)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(DecoderPrefill)->Arg(2048)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tessera

int main(int argument_count, char** arguments) {
  benchmark::Initialize(&argument_count, arguments);
  if (benchmark::ReportUnrecognizedArguments(argument_count, arguments)) return 2;
  benchmark::AddCustomContext("instruction_set",
                              std::string(tessera::InstructionSetName(tessera::ActiveInstructionSet())));
  benchmark::AddCustomContext("threads", std::to_string(at::get_num_threads()));
  benchmark::RunSpecifiedBenchmarks();
}
