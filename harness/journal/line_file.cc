#include "harness/journal/line_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/error.h"
#include "harness/base/files.h"

namespace tessera {
namespace {

Error WriteError(const std::filesystem::path& path, const char* what) {
  return EnvironmentError(fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno)));
}

/// One past the last newline of the file, found by reading pieces from the end.
off_t EndOfLastLine(int fd, off_t size, const std::filesystem::path& path) {
  char buffer[65536];
  off_t end = size;
  while (end > 0) {
    const off_t begin = end > off_t{sizeof buffer} ? end - off_t{sizeof buffer} : 0;
    const ssize_t got = ::pread(fd, buffer, static_cast<std::size_t>(end - begin), begin);
    if (got < 0 && errno == EINTR) continue;
    if (got != end - begin) throw WriteError(path, "cannot be read");
    for (off_t i = got; i > 0; --i) {
      if (buffer[i - 1] == '\n') return begin + i;
    }
    end = begin;
  }
  return 0;
}

}  // namespace

bool ForEachLine(const std::filesystem::path& path, const std::function<void(std::string_view, int)>& take) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(fmt::format("{}: cannot be opened", path.string()));
  std::vector<char> buffer(1 << 20);
  std::string line;
  int number = 1;
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    std::string_view piece(buffer.data(), static_cast<std::size_t>(file.gcount()));
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      line += piece.substr(0, end);
      if (line.size() > kMaxJournalLineBytes) {
        throw InputError(fmt::format("{}:{}: longer than {} bytes", path.string(), number, kMaxJournalLineBytes));
      }
      if (end == std::string_view::npos) break;
      take(line, number++);
      line.clear();
      piece.remove_prefix(end + 1);
    }
  }
  if (file.bad()) throw InputError(fmt::format("{}: cannot be read", path.string()));
  return !line.empty();
}

bool IsBeingWritten(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool is_locked = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return is_locked;
}

LineWriter::LineWriter(std::filesystem::path path, bool (*is_whole)(std::string_view line)) : path_(std::move(path)) {
  std::error_code failed;
  std::filesystem::create_directories(path_.parent_path(), failed);
  if (failed) {
    throw EnvironmentError(fmt::format("{}: cannot be created: {}", path_.parent_path().string(), failed.message()));
  }
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd_ < 0) throw WriteError(path_, "cannot be opened for writing");
  try {
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) throw EnvironmentError(path_.string() + ": another run is writing to this folder");
      throw WriteError(path_, "cannot be locked");
    }
    DropTornLine(is_whole);
    SyncFolder(path_.parent_path());
    syncer_ = std::jthread([this](const std::stop_token& end) { SyncLinesInTime(end); });
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

LineWriter::~LineWriter() {
  syncer_ = {};
  ::fsync(fd_);
  ::close(fd_);
}

void LineWriter::DropTornLine(bool (*is_whole)(std::string_view line)) {
  const off_t size = ::lseek(fd_, 0, SEEK_END);
  if (size < 0) throw WriteError(path_, "cannot be read");
  off_t end = EndOfLastLine(fd_, size, path_);
  if (is_whole != nullptr && end > 0) {
    const off_t begin = EndOfLastLine(fd_, end - 1, path_);
    const auto length = static_cast<std::uint64_t>(end - 1 - begin);
    const bool too_long = length > kMaxJournalLineBytes;
    if (too_long || !is_whole(ReadFileRange(path_, static_cast<std::uint64_t>(begin), length))) end = begin;
  }
  if (end == size) return;
  if (::ftruncate(fd_, end) != 0) throw WriteError(path_, "cannot be written");
  dropped_bytes_ = static_cast<std::uint64_t>(size - end);
}

void LineWriter::SyncLinesInTime(const std::stop_token& end) {
  std::unique_lock lock(mutex_);
  while (appended_.wait(lock, end, [this] { return !is_synced_; })) {
    appended_.wait_for(lock, end, kSyncInterval, [] { return false; });
    if (end.stop_requested()) return;
    is_synced_ = true;
    lock.unlock();
    const bool is_done = ::fdatasync(fd_) == 0;
    lock.lock();
    if (!is_done) sync_failure_ = WriteError(path_, "cannot be synced");
  }
}

void LineWriter::Append(std::string_view content) {
  const std::string line = std::string(content) + "\n";
  const off_t start = ::lseek(fd_, 0, SEEK_END);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t put = ::write(fd_, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const Error error = WriteError(path_, "cannot be written");
      // Takes back the part of the line that did fit; if that fails too, the reader drops it as a torn line.
      if (start >= 0) static_cast<void>(::ftruncate(fd_, start) == 0);
      throw error;
    }
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  const std::scoped_lock lock(mutex_);
  if (sync_failure_) throw Error(*sync_failure_);
  is_synced_ = false;
  appended_.notify_one();
}

}  // namespace tessera
