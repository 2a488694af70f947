#include "metrics/python_random.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <vector>

namespace tessera::metrics {

PythonRandom::PythonRandom(std::uint64_t seed) {
  // init_genrand(19650218)
  state_[0] = 19650218u;
  for (std::size_t i = 1; i < kWords; ++i) {
    state_[i] = 1812433253u * (state_[i - 1] ^ (state_[i - 1] >> 30)) + static_cast<std::uint32_t>(i);
  }
  // init_by_array with the 32-bit words of the seed, the low one first
  std::vector<std::uint32_t> key = {static_cast<std::uint32_t>(seed)};
  if (seed >> 32 != 0) key.push_back(static_cast<std::uint32_t>(seed >> 32));
  std::size_t i = 1;
  const auto step = [&] {
    if (++i < kWords) return;
    state_[0] = state_[kWords - 1];
    i = 1;
  };
  for (std::size_t k = 0; k < kWords; ++k) {  // the key is shorter than the state
    const std::size_t j = k % key.size();
    state_[i] =
        (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1664525u)) + key[j] + static_cast<std::uint32_t>(j);
    step();
  }
  for (std::size_t k = 1; k < kWords; ++k) {
    state_[i] = (state_[i] ^ ((state_[i - 1] ^ (state_[i - 1] >> 30)) * 1566083941u)) - static_cast<std::uint32_t>(i);
    step();
  }
  state_[0] = 0x80000000u;
}

void PythonRandom::Refill() {
  constexpr std::size_t kShift = 397;
  for (std::size_t i = 0; i < kWords; ++i) {
    const std::uint32_t bits = (state_[i] & 0x80000000u) | (state_[(i + 1) % kWords] & 0x7FFFFFFFu);
    state_[i] = state_[(i + kShift) % kWords] ^ (bits >> 1) ^ ((bits & 1u) != 0 ? 0x9908B0DFu : 0u);
  }
  next_ = 0;
}

std::uint32_t PythonRandom::Next() {
  if (next_ == kWords) Refill();
  std::uint32_t bits = state_[next_++];
  bits ^= bits >> 11;
  bits ^= (bits << 7) & 0x9D2C5680u;
  bits ^= (bits << 15) & 0xEFC60000u;
  return bits ^ (bits >> 18);
}

std::size_t PythonRandom::Choice(std::size_t count) {
  if (count == 0 || count > 0xFFFFFFFFu) throw std::invalid_argument("random choice: no items, or too many");
  const int unused_bits = 32 - static_cast<int>(std::bit_width(count));
  while (true) {
    const std::size_t index = Next() >> unused_bits;
    if (index < count) return index;
  }
}

}  // namespace tessera::metrics
