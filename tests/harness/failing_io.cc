// Preloaded into the binary: the N-th call of a function that changes a regular file fails, N from TESSERA_FAIL_AT.
#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace {

bool IsRegularFile(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

/// Counts a call; true for the one that has to fail.
bool HasToFail() {
  static std::atomic<int> calls{0};
  static const int fail_at = [] {
    const char* number = std::getenv("TESSERA_FAIL_AT");
    return number == nullptr ? 0 : std::atoi(number);
  }();
  return ++calls == fail_at;
}

template <typename Function>
Function Real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, std::size_t size) {
  static const auto real = Real<ssize_t (*)(int, const void*, std::size_t)>("write");
  if (!IsRegularFile(fd) || !HasToFail()) return real(fd, bytes, size);
  errno = ENOSPC;
  return -1;
}

int fsync(int fd) {
  static const auto real = Real<int (*)(int)>("fsync");
  if (!HasToFail()) return real(fd);
  errno = EIO;
  return -1;
}

int fdatasync(int fd) {
  static const auto real = Real<int (*)(int)>("fdatasync");
  if (!HasToFail()) return real(fd);
  errno = EIO;
  return -1;
}

int rename(const char* from, const char* to) {
  static const auto real = Real<int (*)(const char*, const char*)>("rename");
  if (!HasToFail()) return real(from, to);
  errno = EIO;
  return -1;
}

}  // extern "C"
