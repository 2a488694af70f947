// Python's random module: the 32-bit Mersenne Twister MT19937, as far as published scorers draw from it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tessera::metrics {

/// One stream of numbers. Source: CPython Modules/_randommodule.c and Lib/random.py.
class PythonRandom {
 public:
  /// random.seed(seed) for a whole number of up to 64 bits.
  explicit PythonRandom(std::uint64_t seed);

  /// The next output, uniform over 32 bits: random.getrandbits(32).
  std::uint32_t Next();

  /// random.choice over `count` items: the index of the chosen one. Throws std::invalid_argument when there is none.
  std::size_t Choice(std::size_t count);

 private:
  static constexpr std::size_t kWords = 624;

  void Refill();

  std::array<std::uint32_t, kWords> state_{};
  std::size_t next_ = kWords;  // in state_
};

}  // namespace tessera::metrics
