#include "model/language/rope.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/tensor.h>

#include <cmath>

namespace tessera {

Rope::Rope(const LanguageConfig& config, at::ScalarType type, at::Device device)
    : config_(config), type_(type), device_(device), table_length_(config.max_position_embeddings) {}

at::Tensor Rope::InverseFrequencies(std::int64_t key_length) {
  const RopeConfig& rope = config_.rope;
  const int dim = HeadDim(config_);
  // theta^(2i/d), in float32 as the reference's tensors are.
  const at::Tensor exponents = at::arange(0, dim, 2, at::kFloat) / dim;
  double base = rope.theta;
  if (rope.scaling == RopeScaling::kDynamicNtk) {
    table_length_ = std::max(table_length_, key_length);
    if (table_length_ > config_.max_position_embeddings) {
      const double stretch = rope.factor * static_cast<double>(table_length_) / config_.max_position_embeddings;
      base *= std::pow(stretch - (rope.factor - 1), static_cast<double>(dim) / (dim - 2));
    }
  }
  at::Tensor divisor = at::pow(base, exponents);
  if (rope.scaling == RopeScaling::kLongRope) {
    const bool is_long = key_length > rope.original_max_position_embeddings;
    divisor = at::tensor(is_long ? rope.long_factor : rope.short_factor, at::kFloat) * divisor;
  }
  return divisor.reciprocal();
}

RopeTables Rope::Tables(std::int64_t first_position, std::int64_t key_length) {
  at::Tensor positions = at::arange(first_position, key_length, at::kFloat);
  if (config_.rope.scaling == RopeScaling::kLinear) positions = positions / config_.rope.factor;
  const at::Tensor half = at::outer(positions, InverseFrequencies(key_length));
  const at::Tensor angles = at::cat({half, half}, -1);
  double magnitude = 1;
  if (config_.rope.scaling == RopeScaling::kLongRope) {
    const double original = config_.rope.original_max_position_embeddings;
    const double stretch = config_.max_position_embeddings / original;
    if (stretch > 1) magnitude = std::sqrt(1 + std::log(stretch) / std::log(original));
  }
  const auto finish = [&](const at::Tensor& table) { return (table * magnitude).to(device_, type_); };
  return {.cos = finish(angles.cos()), .sin = finish(angles.sin())};
}

at::Tensor Rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  const std::int64_t half = x.size(-1) / 2;
  const at::Tensor turned = at::cat({x.slice(-1, half).neg(), x.slice(-1, 0, half)}, -1).mul_(sin);
  return (x * cos).add_(turned);
}

}  // namespace tessera
