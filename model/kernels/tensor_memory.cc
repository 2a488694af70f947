#include "model/kernels/tensor_memory.h"

#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <list>
#include <mutex>

namespace tessera {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kSmallestReused = std::size_t{64} << 10;  // below, malloc has lists of its own
constexpr std::size_t kSmallestMapped = std::size_t{1} << 20;
constexpr std::size_t kMostBytes = std::size_t{1} << 46;  // so that no sum below overflows
constexpr std::size_t kPage = 4096;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kKeptBytes = std::size_t{128} << 20;

/// In front of each block; as long as the alignment.
struct alignas(kAlignment) Header {
  std::size_t bytes = 0;  // of the block behind it
};

Header* HeaderOf(void* data) { return static_cast<Header*>(data) - 1; }

/// Large blocks are mappings of their own, so that they go back to the system whole.
bool IsMapped(std::size_t whole) { return whole >= kSmallestMapped; }

Header* NewBlock(std::size_t bytes) {
  if (bytes > kMostBytes) return nullptr;
  const std::size_t wanted = sizeof(Header) + bytes;
  const std::size_t unit = wanted >= 2 * kHugePage ? kHugePage : IsMapped(wanted) ? kPage : kAlignment;
  const std::size_t whole = (wanted + unit - 1) / unit * unit;
  void* memory = nullptr;
  if (IsMapped(whole)) {
    memory = ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    if (unit == kHugePage) ::madvise(memory, whole, MADV_HUGEPAGE);  // advice: without it the pages are small
  } else {
    memory = std::aligned_alloc(unit, whole);
    if (memory == nullptr) return nullptr;
  }
  return new (memory) Header{whole - sizeof(Header)};
}

void FreeBlock(Header* block) {
  const std::size_t whole = block->bytes + sizeof(Header);
  if (IsMapped(whole)) {
    ::munmap(block, whole);
  } else {
    std::free(block);
  }
}

/// Blocks that nobody uses. Lives until the process ends, as tensors with static storage give back theirs late.
class KeptBlocks {
 public:
  /// The smallest block of at least `bytes`, of which at most a quarter is too much. nullptr: there is none; then as
  /// many bytes go back to the system, those unused for longest first, so that blocks of sizes that are no longer asked
  /// for do not add to the new ones.
  Header* Take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    auto best = blocks_.end();
    for (auto block = blocks_.begin(); block != blocks_.end(); ++block) {
      const std::size_t size = (*block)->bytes;
      if (size >= bytes && size <= bytes + bytes / 4 && (best == blocks_.end() || size < (*best)->bytes)) best = block;
    }
    if (best == blocks_.end()) {
      Free(bytes);
      return nullptr;
    }
    Header* const block = *best;
    kept_bytes_ -= block->bytes;
    blocks_.erase(best);
    return block;
  }

  void GiveBack(Header* block) {
    const std::lock_guard lock(mutex_);
    if (block->bytes < kSmallestReused || block->bytes > kKeptBytes) return FreeBlock(block);
    if (kept_bytes_ + block->bytes > kKeptBytes) Free(block->bytes);
    kept_bytes_ += block->bytes;
    blocks_.push_back(block);
  }

 private:
  /// Frees at least `bytes`, or all.
  void Free(std::size_t bytes) {
    std::size_t freed = 0;
    for (; freed < bytes && !blocks_.empty(); blocks_.pop_front()) {
      freed += blocks_.front()->bytes;
      FreeBlock(blocks_.front());
    }
    kept_bytes_ -= freed;
  }

  std::mutex mutex_;
  std::list<Header*> blocks_;  // in the order in which they were given back
  std::size_t kept_bytes_ = 0;
};

KeptBlocks& Kept() {
  static auto* const blocks = new KeptBlocks;
  return *blocks;
}

void Delete(void* data) {
  if (data != nullptr) Kept().GiveBack(HeaderOf(data));
}

class ReusingAllocator : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &Delete, c10::Device(c10::DeviceType::CPU)};
    Header* block = bytes < kSmallestReused ? nullptr : Kept().Take(bytes);
    if (block == nullptr) block = NewBlock(bytes);
    TORCH_CHECK(block != nullptr, "not enough memory: tried to allocate ", bytes, " bytes for a tensor");
    void* const data = block + 1;
    return {data, data, &Delete, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &Delete; }

  void copy_data(void* to, const void* from, std::size_t bytes) const override { std::memcpy(to, from, bytes); }
};

}  // namespace

void ReuseTensorMemory() {
  static const bool once = [] {
    c10::SetCPUAllocator(new ReusingAllocator, /*priority=*/1);
    return true;
  }();
  (void)once;
}

}  // namespace tessera
