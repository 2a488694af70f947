#include "model/weights/synthetic_weights.h"

#include <bit>
#include <cmath>
#include <string_view>

namespace tessera {
namespace {

constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;  // splitmix64: Steele, Lea, Flood 2014

std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// FNV-1a.
std::uint64_t HashName(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

std::uint16_t RoundToBfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

}  // namespace

SyntheticTensor::SyntheticTensor(const TensorSpec& spec, std::uint64_t seed, std::int64_t known_tokens)
    : seed_(Mix(seed + kStep) ^ HashName(spec.name)) {
  for (const std::int64_t side : spec.shape) elements_ *= side;
  const std::int64_t inputs = elements_ / spec.shape.front();
  end_ = spec.name == "language_model.output.weight" ? known_tokens * inputs : elements_;
  if (spec.shape.size() == 1) {
    const bool bias = spec.name.ends_with(".bias");
    mean_ = bias ? 0.0f : 1.0f;
    deviation_ = bias ? 0.02f : 0.1f;
  } else if (spec.shape.size() == 3 || spec.name.ends_with("tok_embeddings.weight")) {
    deviation_ = 1;
  } else {
    deviation_ = 1 / std::sqrt(static_cast<float>(inputs));
  }
}

float SyntheticTensor::Value(std::int64_t index) const {
  if (index >= end_) return 0;
  const std::uint64_t bits = Mix(seed_ + kStep * static_cast<std::uint64_t>(index));
  const auto sum = static_cast<int>((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48));
  constexpr int kMean = 2 * 0xFFFF;
  constexpr float kDeviation = 37836.9f;  // sqrt(4 * (2^32 - 1) / 12)
  return mean_ + deviation_ * (static_cast<float>(sum - kMean) / kDeviation);
}

void SyntheticTensor::Fill(std::int64_t first, std::span<float> out) const {
  for (float& value : out) value = Value(first++);
}

void SyntheticTensor::Fill(std::int64_t first, std::span<std::uint16_t> bfloat16) const {
  for (std::uint16_t& value : bfloat16) value = RoundToBfloat16(Value(first++));
}

}  // namespace tessera
