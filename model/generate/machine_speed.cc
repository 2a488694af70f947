#include "model/generate/machine_speed.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <vector>

#include "harness/base/error.h"
#include "model/config/model_cost.h"
#include "model/generate/devices.h"
#include "model/generate/native_model.h"
#include "model/generate/useful_threads.h"
#include "model/kernels/quantized_rows.h"
#include "model/kernels/tensor_memory.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSecondsEach = 0.4;
constexpr std::size_t kFewest = 3;
constexpr int kManySequences = 64;                               // decoded together
constexpr std::int64_t kMostPromptTokens = 2048;                 // enough to be at the rate of any longer prompt
constexpr std::int64_t kUncachedBytes = std::int64_t{96} << 20;  // layers together, so that no cache holds them

/// Median seconds of `work`, over kSecondsEach. Reading an element waits for the device.
double MedianSeconds(const std::function<at::Tensor()>& work) {
  const auto run = [&] { work().flatten()[0].item<float>(); };
  run();  // the first call also chooses kernels and takes memory
  std::vector<double> seconds;
  const auto start = Clock::now();
  while (seconds.size() < kFewest || std::chrono::duration<double>(Clock::now() - start).count() < kSecondsEach) {
    const auto begin = Clock::now();
    run();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle;
}

/// Layers of a model, all of small equal numbers.
class LayerProbe {
 public:
  LayerProbe(const ModelConfig& config, at::TensorOptions options, WeightFormat matrices)
      : config_(config), options_(options), matrices_(matrices) {}

  /// Of the whole tower over one tile, from its embeddings and one block.
  double VisionRate() const {
    const VisionConfig& vision = config_.vision;
    const std::int64_t width = vision.hidden_size, patch = vision.patch_size, side = vision.image_size / patch;
    const VisionWeights weights{.class_embedding = Make({1, 1, width}),
                                .position_embedding = Make({1, 1 + side * side, width}),
                                .patch_weight = Make({width, 3, patch, patch}),
                                .patch_bias = Make({width})};
    const at::Tensor pixels = Make({1, 3, TileSize(config_), TileSize(config_)});
    const at::Tensor tile = VitEmbed(pixels, weights);
    const VitBlockWeights block = VisionBlock();
    const double seconds = MedianSeconds([&] { return VitEmbed(pixels, weights); }) +
                           vision.num_hidden_layers * MedianSeconds([&] { return VitBlock(tile, block, vision); });
    const FlopCount flops = CountFlops(config_);
    return (VisionFlopsPerTile(flops) - flops.projector_per_tile) / seconds;
  }

  void Language(std::int64_t prompt_tokens, MachineSpeed* speed) const {
    const LanguageConfig& language = config_.language;
    const FlopCount flops = CountFlops(config_);
    const double layers = language.num_hidden_layers;
    const double layer_flops = flops.language_linear_per_token / layers;
    const at::ScalarType stored = matrices_ == WeightFormat::kInt8 ? at::kChar : Type();
    const double layer_bytes = layer_flops / 2 * static_cast<double>(at::elementSize(stored));
    std::vector<DecoderLayerWeights> probed;
    const auto count = std::clamp(static_cast<std::int64_t>(static_cast<double>(kUncachedBytes) / layer_bytes) + 1,
                                  std::int64_t{1}, static_cast<std::int64_t>(layers));
    for (std::int64_t i = 0; i < count; ++i) probed.push_back(LanguageLayer());

    const double n = static_cast<double>(prompt_tokens);
    const double pair_flops = flops.language_attention_per_token_pair / layers * n * (n + 1) / 2;
    speed->prefill_flops_per_s =
        static_cast<double>(count) * (n * layer_flops + pair_flops) / SecondsOf(probed, 1, prompt_tokens);
    speed->decode_flops_per_s =
        static_cast<double>(count) * kManySequences * layer_flops / SecondsOf(probed, kManySequences, 1);
    speed->decode_bytes_per_s = static_cast<double>(count) * layer_bytes / SecondsOf(probed, 1, 1);
  }

 private:
  at::ScalarType Type() const { return options_.dtype().toScalarType(); }
  at::Tensor Make(at::IntArrayRef shape) const { return at::full(shape, 0.01, options_); }

  VitBlockWeights VisionBlock() const {
    const VisionConfig& vision = config_.vision;
    const std::int64_t width = vision.hidden_size, inner = vision.intermediate_size;
    VitBlockWeights block;
    for (VitNormWeights* norm : {&block.norm1, &block.norm2}) {
      norm->weight = Make({width});
      if (vision.norm_type == NormType::kLayerNorm) norm->bias = Make({width});
    }
    block.ls1 = block.ls2 = block.proj_bias = block.fc2_bias = Make({width});
    block.q_norm = block.k_norm = Make({width});
    block.fc1_bias = Make({inner});
    if (vision.qkv_bias) block.qkv_bias = Make({3 * width});
    block.qkv_weight = MakeMatrixWeight(Make({3 * width, width}));
    block.proj_weight = MakeMatrixWeight(Make({width, width}));
    block.fc1_weight = MakeMatrixWeight(Make({inner, width}));
    block.fc2_weight = MakeMatrixWeight(Make({width, inner}));
    return block;
  }

  DecoderLayerWeights LanguageLayer() const {
    const LanguageConfig& language = config_.language;
    const std::int64_t width = language.hidden_size, inner = language.intermediate_size;
    const std::int64_t heads = std::int64_t{language.num_attention_heads} + 2 * language.num_key_value_heads;
    DecoderLayerWeights layer;
    layer.attention_norm = layer.mlp_norm = Make({width});
    layer.qkv = LanguageMatrix({heads * HeadDim(language), width});
    layer.attention_out = LanguageMatrix({width, std::int64_t{language.num_attention_heads} * HeadDim(language)});
    layer.gate_up = matrices_ == WeightFormat::kInt8
                        ? HoldGated(QuantizeRows(Make({inner, width})), QuantizeRows(Make({inner, width})))
                        : MakeGatedWeight(Make({inner, width}), Make({inner, width}));
    layer.down = LanguageMatrix({width, inner});
    return layer;
  }

  MatrixWeight LanguageMatrix(at::IntArrayRef shape) const {
    const at::Tensor floats = Make(shape);
    return matrices_ == WeightFormat::kInt8 ? HoldMatrix(QuantizeRows(floats)) : MakeMatrixWeight(floats);
  }

  /// Seconds of all layers over `tokens` first tokens of `sequences` sequences.
  double SecondsOf(const std::vector<DecoderLayerWeights>& layers, std::int64_t sequences, std::int64_t tokens) const {
    const LanguageConfig& config = config_.language;
    const at::Device one_layer[] = {options_.device()};
    KvCache cache = MakeKvCache(config, sequences, tokens, Type(), one_layer);
    const RopeTables tables = Rope(config, Type(), options_.device()).Tables(0, tokens);
    const at::Tensor embeddings = Make({sequences, tokens, config.hidden_size});
    return MedianSeconds([&] {
      at::Tensor x = embeddings;
      for (const DecoderLayerWeights& layer : layers) x = DecoderLayer(x, layer, config, tables, cache, 0);
      return x;
    });
  }

  const ModelConfig& config_;
  at::TensorOptions options_;
  WeightFormat matrices_;
};

MachineSpeed Measure(const ModelConfig& config, const at::TensorOptions& options, WeightFormat weights, int threads,
                     int prompt_tokens) {
  const c10::InferenceMode inference;
  ReuseTensorMemory();           // as a run does
  at::set_num_threads(threads);  // a setting of the calling thread
  const LayerProbe probe(config, options, weights);
  MachineSpeed speed{.vision_flops_per_s = probe.VisionRate()};
  probe.Language(std::clamp<std::int64_t>(prompt_tokens, 2, kMostPromptTokens), &speed);
  return speed;
}

}  // namespace

MachineSpeed MeasureMachineSpeed(const ModelConfig& config, const std::string& precision, WeightFormat weights,
                                 const std::string& device, int threads, int prompt_tokens) {
  // The devices of a split model work one after the other: together they are as fast as one.
  const at::TensorOptions options =
      at::TensorOptions().dtype(ChooseType(precision, DataType::kF32)).device(ChooseDevices(device).front());
  if (threads == 0) threads = UsefulThreads(config);
  try {
    // On a thread of its own: OpenMP keeps the number of threads per calling thread.
    return std::async(std::launch::async, [&] { return Measure(config, options, weights, threads, prompt_tokens); })
        .get();
  } catch (const c10::Error& error) {
    throw EnvironmentError(error.what_without_backtrace());
  }
}

}  // namespace tessera
