#include "model/language/rope.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>

namespace tessera {

Rope::Rope(const LanguageConfig& config, at::ScalarType type, at::Device device)
    : config_(config), type_(type), device_(device), table_length_(config.max_position_embeddings) {}

const at::Tensor& Rope::Frequencies(std::int64_t key_length) {
  table_length_ = std::max(table_length_, key_length);
  const bool keeps_length = config_.rope.scaling == RopeScaling::kDynamicNtk;
  const std::int64_t regime = RopeRegime(config_, keeps_length ? table_length_ : key_length);
  if (regime != regime_) {
    frequencies_ = ComputeFrequencies(/*is_long=*/regime != 0);
    regime_ = regime;
  }
  return frequencies_;
}

at::Tensor Rope::ComputeFrequencies(bool is_long) const {
  const RopeConfig& rope = config_.rope;
  const int dim = HeadDim(config_);
  // theta^(2i/d), in float32 as the reference's tensors are.
  const at::Tensor exponents = at::arange(0, dim, 2, at::kFloat) / dim;
  double base = rope.theta;
  if (rope.scaling == RopeScaling::kDynamicNtk && table_length_ > config_.max_position_embeddings) {
    const double stretch = rope.factor * static_cast<double>(table_length_) / config_.max_position_embeddings;
    base *= std::pow(stretch - (rope.factor - 1), static_cast<double>(dim) / (dim - 2));
  }
  at::Tensor divisor = at::pow(base, exponents);
  if (rope.scaling == RopeScaling::kLongRope) {
    divisor = at::tensor(is_long ? rope.long_factor : rope.short_factor, at::kFloat) * divisor;
  }
  return divisor.reciprocal();
}

RopeTables Rope::Tables(std::int64_t first_position, std::int64_t key_length) {
  return MakeRopeTables(config_, at::arange(first_position, key_length, at::kFloat), Frequencies(key_length), type_,
                        device_);
}

std::int64_t RopeRegime(const LanguageConfig& config, std::int64_t prompt_tokens) {
  switch (config.rope.scaling) {
    case RopeScaling::kDynamicNtk:
      return std::max<std::int64_t>(prompt_tokens, config.max_position_embeddings);
    case RopeScaling::kLongRope:
      return prompt_tokens > config.rope.original_max_position_embeddings ? 1 : 0;
    default:
      return 0;
  }
}

namespace {

/// function of each element. The tensor library's cosine and sine depend on where in a buffer an element stands.
at::Tensor Apply(float (*function)(float), const at::Tensor& x) {
  const at::Tensor from = x.contiguous();
  at::Tensor to = at::empty_like(from);
  std::transform(from.const_data_ptr<float>(), from.const_data_ptr<float>() + from.numel(),
                 to.mutable_data_ptr<float>(), function);
  return to;
}

}  // namespace

RopeTables MakeRopeTables(const LanguageConfig& config, const at::Tensor& positions, const at::Tensor& frequencies,
                          at::ScalarType type, at::Device device) {
  const RopeConfig& rope = config.rope;
  at::Tensor scaled = positions.unsqueeze(1);
  if (rope.scaling == RopeScaling::kLinear) scaled = scaled / rope.factor;
  const at::Tensor half = scaled * frequencies;
  double magnitude = 1;
  if (rope.scaling == RopeScaling::kLongRope) {
    const double original = rope.original_max_position_embeddings;
    const double stretch = config.max_position_embeddings / original;
    if (stretch > 1) magnitude = std::sqrt(1 + std::log(stretch) / std::log(original));
  }
  const auto finish = [&](float (*function)(float)) {
    const at::Tensor table = Apply(function, half) * magnitude;
    return at::cat({table, table}, -1).to(device, type);
  };
  return {.cos = finish([](float x) { return std::cos(x); }), .sin = finish([](float x) { return std::sin(x); })};
}

at::Tensor Rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  const std::int64_t half = x.size(-1) / 2;
  const at::Tensor turned = at::cat({x.slice(-1, half).neg(), x.slice(-1, 0, half)}, -1).mul_(sin);
  return (x * cos).add_(turned);
}

}  // namespace tessera
