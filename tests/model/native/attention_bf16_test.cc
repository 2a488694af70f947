#include "model/kernels/attention_bf16.h"

#include <c10/util/BFloat16.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "model/kernels/instruction_set.h"

namespace tessera {
namespace {

std::vector<std::uint16_t> Numbers(std::size_t count, double step) {
  std::vector<std::uint16_t> bits;
  for (std::size_t i = 0; i < count; ++i) {
    bits.push_back(c10::BFloat16(static_cast<float>(std::sin(step * static_cast<double>(i)))).x);
  }
  return bits;
}

TEST(AttentionAvx512Bf16, ReadsNothingOfItsScratchThatItHasNotWritten) {
  if (ActiveInstructionSet() != InstructionSet::kAvx512Bf16) GTEST_SKIP() << "this processor has no AVX-512 BF16";
  constexpr std::int64_t kQueries = 137, kHead = 32;
  const std::vector<std::uint16_t> q = Numbers(kQueries * kHead, 0.37), k = Numbers(kQueries * kHead, 0.51),
                                   v = Numbers(kQueries * kHead, 0.83);
  const AttentionShape shape{.group = 1,
                             .queries = kQueries,
                             .keys = kQueries,
                             .head = kHead,
                             .q_group_stride = 0,
                             .q_stride = kHead,
                             .k_stride = kHead,
                             .v_stride = kHead,
                             .out_group_stride = 0,
                             .out_stride = kHead,
                             .query_scale = 1,
                             .score_scale = 0.2f,
                             .causal = true};
  const auto bytes = static_cast<std::size_t>(AttentionScratchBytes(shape));
  const std::unique_ptr<void, decltype(&std::free)> scratch(std::aligned_alloc(64, bytes), &std::free);
  // Queries are handed out in pieces; the last rows of a piece are filled up to a whole block.
  const auto attend = [&](int fill, std::int64_t first, std::int64_t last) {
    std::vector<std::uint16_t> out(kQueries * kHead);
    std::memset(scratch.get(), fill, bytes);
    AttentionAvx512Bf16({.q = q.data(), .k = k.data(), .v = v.data(), .out = out.data()}, shape, first, last,
                        static_cast<std::byte*>(scratch.get()));
    return out;
  };
  for (const std::int64_t last : {1, 6, 7, 16, 31, 33, 64, 70, 136, 137}) {
    for (const std::int64_t first : {std::int64_t{0}, last / 2}) {
      // All bits set is not a number in any of the types.
      EXPECT_EQ(attend(0xFF, first, last), attend(0, first, last)) << first << " to " << last;
    }
  }
}

}  // namespace
}  // namespace tessera
