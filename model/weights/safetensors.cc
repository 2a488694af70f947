#include "model/weights/safetensors.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "harness/base/error.h"
#include "model/weights/safetensors_header.h"

namespace tessera {
namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit

/// A whole file, mapped for reading.
class Mapping {
 public:
  explicit Mapping(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw InputError(fmt::format("{}: cannot be opened: {}", path.string(), std::strerror(errno)));
    struct stat info {};
    const bool regular = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    size_ = regular ? static_cast<std::uint64_t>(info.st_size) : 0;
    void* data = size_ >= kLengthBytes ? ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0) : nullptr;
    const int map_errno = errno;
    ::close(fd);  // the mapping stays
    if (!regular) throw InputError(fmt::format("{}: expected a regular file", path.string()));
    if (data == nullptr) {
      throw InputError(fmt::format("{}: {} bytes are too few for a safetensors file", path.string(), size_));
    }
    if (data == MAP_FAILED) {
      throw EnvironmentError(fmt::format("{}: cannot be mapped: {}", path.string(), std::strerror(map_errno)));
    }
    data_ = static_cast<const std::byte*>(data);
  }
  ~Mapping() { ::munmap(const_cast<std::byte*>(data_), size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  const std::byte* data() const { return data_; }
  std::uint64_t size() const { return size_; }

 private:
  const std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
};

/// The little-endian length in front of the header, checked against the file.
std::uint64_t HeaderLength(const Mapping& file, const std::string& where) {
  std::uint64_t length = 0;
  for (std::uint64_t i = kLengthBytes; i-- > 0;) length = length << 8 | std::to_integer<std::uint64_t>(file.data()[i]);
  if (length > kMaxHeaderBytes || length > file.size() - kLengthBytes) {
    throw InputError(fmt::format("{}: expected a header of at most {} bytes, found a length of {}", where,
                                 std::min(kMaxHeaderBytes, file.size() - kLengthBytes), length));
  }
  return length;
}

}  // namespace

std::string_view DataTypeName(DataType type) {
  switch (type) {
    case DataType::kF32:
      return "F32";
    case DataType::kF16:
      return "F16";
    case DataType::kBf16:
      return "BF16";
    case DataType::kI64:
      return "I64";
  }
  return "";
}

int BytesPerElement(DataType type) {
  switch (type) {
    case DataType::kF32:
      return 4;
    case DataType::kF16:
    case DataType::kBf16:
      return 2;
    case DataType::kI64:
      return 8;
  }
  return 0;
}

struct SafetensorsFile::State {
  explicit State(const std::filesystem::path& path) : mapping(path) {}

  Mapping mapping;
  std::vector<TensorView> tensors;
  std::unordered_map<std::string_view, std::size_t> index;  // by name; the views own the strings
};

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {
  const Mapping& file = state_->mapping;
  const std::string where = path.string();
  const std::uint64_t header_bytes = HeaderLength(file, where);
  const std::string_view header(reinterpret_cast<const char*>(file.data() + kLengthBytes), header_bytes);
  const std::byte* data = file.data() + kLengthBytes + header_bytes;

  for (SafetensorsEntry& entry : ParseSafetensorsHeader(header, file.size() - kLengthBytes - header_bytes, where)) {
    state_->tensors.push_back({.name = std::move(entry.name),
                               .type = entry.type,
                               .shape = std::move(entry.shape),
                               .data = data + entry.begin,
                               .bytes = entry.end - entry.begin});
  }
  for (std::size_t i = 0; i < state_->tensors.size(); ++i) state_->index.emplace(state_->tensors[i].name, i);
}

SafetensorsFile::~SafetensorsFile() = default;
SafetensorsFile::SafetensorsFile(SafetensorsFile&&) noexcept = default;
SafetensorsFile& SafetensorsFile::operator=(SafetensorsFile&&) noexcept = default;

const std::vector<TensorView>& SafetensorsFile::tensors() const { return state_->tensors; }

const TensorView* SafetensorsFile::Find(std::string_view name) const {
  const auto it = state_->index.find(name);
  return it == state_->index.end() ? nullptr : &state_->tensors[it->second];
}

void SafetensorsFile::Release(const TensorView& tensor) const {
  // Only pages that hold nothing else: a neighbour may still be in use. A page that is read again comes back from the
  // file.
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(tensor.data);
  const std::uintptr_t first = (begin + page - 1) / page * page;
  const std::uintptr_t last = (begin + tensor.bytes) / page * page;
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace tessera
