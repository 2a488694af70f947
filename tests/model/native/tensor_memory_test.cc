#include "model/kernels/tensor_memory.h"

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <thread>
#include <vector>

namespace tessera {
namespace {

at::Tensor Bytes(std::int64_t count) { return at::empty({count}, at::kByte); }

TEST(TensorMemory, GivesABlockAgainToATensorOfNearlyTheSameSize) {
  ReuseTensorMemory();
  void* const first = Bytes(40 << 20).data_ptr();
  EXPECT_EQ(Bytes(38 << 20).data_ptr(), first);
}

TEST(TensorMemory, NeverGivesABlockTwiceOrToATensorThatWouldWasteIt) {
  ReuseTensorMemory();
  const at::Tensor used = Bytes(10 << 20);
  EXPECT_NE(Bytes(10 << 20).data_ptr(), used.data_ptr());
  void* const large = Bytes(20 << 20).data_ptr();
  EXPECT_NE(Bytes(100 << 10).data_ptr(), large);
}

TEST(TensorMemory, AlignsAndTakesNoBytesForNone) {
  ReuseTensorMemory();
  for (const std::int64_t size : {1, 1000, 100'000, 5'000'000}) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(Bytes(size).data_ptr()) % 64, 0u) << size;
  }
  EXPECT_EQ(Bytes(0).numel(), 0);
}

TEST(TensorMemory, ServesThreadsThatFillTheirOwnTensors) {
  ReuseTensorMemory();
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t, &wrong] {
      for (int i = 0; i < 200; ++i) {
        const at::Tensor mine = Bytes((100 << 10) + i * 1000).fill_(t);
        wrong[static_cast<std::size_t>(t)] += mine.eq(t).all().item<bool>() ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace tessera
