#include "harness/base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/base/error.h"

namespace tessera {
namespace {

/// An open file descriptor, closed at the end of the scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  int get() const { return fd_; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

std::string ErrnoText() { return std::strerror(errno); }

Descriptor OpenForReading(const std::filesystem::path& path, struct stat* info) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw InputError(fmt::format("{}: cannot be opened: {}", path.string(), ErrnoText()));
  if (::fstat(file.get(), info) != 0)
    throw InputError(fmt::format("{}: cannot be read: {}", path.string(), ErrnoText()));
  if (!S_ISREG(info->st_mode)) throw InputError(fmt::format("{}: expected a regular file", path.string()));
  return file;
}

std::string ReadExactly(const Descriptor& file, const std::filesystem::path& path, std::uint64_t offset,
                        std::uint64_t length) {
  std::string bytes(length, '\0');
  std::uint64_t done = 0;
  while (done < length) {
    const ssize_t got = ::pread(file.get(), bytes.data() + done, length - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw InputError(fmt::format("{}: cannot be read: {}", path.string(), ErrnoText()));
    if (got == 0) {
      throw InputError(fmt::format("{}: ends at byte {}, expected {}", path.string(), offset + done, offset + length));
    }
    done += static_cast<std::uint64_t>(got);
  }
  return bytes;
}

void WriteAll(int fd, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t put = ::write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw EnvironmentError(fmt::format("{}: cannot be written: {}", path.string(), ErrnoText()));
    content.remove_prefix(static_cast<std::size_t>(put));
  }
}

}  // namespace

std::string ReadFile(const std::filesystem::path& path, std::uint64_t max_bytes) {
  struct stat info {};
  const Descriptor file = OpenForReading(path, &info);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > max_bytes) {
    throw InputError(fmt::format("{}: {} bytes, expected at most {}", path.string(), size, max_bytes));
  }
  return ReadExactly(file, path, 0, size);
}

std::string ReadFileRange(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t length) {
  struct stat info {};
  const Descriptor file = OpenForReading(path, &info);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (offset > size || length > size - offset) {
    throw InputError(fmt::format("{}: {} bytes, expected {} at offset {}", path.string(), size, length, offset));
  }
  return ReadExactly(file, path, offset, length);
}

void WriteFileAtomically(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.get() < 0) throw EnvironmentError(fmt::format("{}: cannot be created: {}", temporary.string(), ErrnoText()));
  try {
    WriteAll(file.get(), content, temporary);
    if (::fsync(file.get()) != 0) {
      throw EnvironmentError(fmt::format("{}: cannot be synced: {}", temporary.string(), ErrnoText()));
    }
    if (::close(file.release()) != 0) {
      throw EnvironmentError(fmt::format("{}: cannot be closed: {}", temporary.string(), ErrnoText()));
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
      throw EnvironmentError(fmt::format("{}: cannot be replaced: {}", path.string(), ErrnoText()));
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  SyncFolder(path.parent_path());
}

void SyncFolder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder.empty() ? "." : folder;
  const Descriptor opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() >= 0 && ::fsync(opened.get()) == 0) return;
  if (errno == EINVAL || errno == EACCES) return;  // a file system, or rights, that cannot do it
  throw EnvironmentError(fmt::format("{}: cannot be synced: {}", path.string(), ErrnoText()));
}

}  // namespace tessera
