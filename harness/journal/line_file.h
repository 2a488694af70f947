// Files of one record per line that are only ever appended to.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>

#include "harness/base/error.h"

namespace tessera {

/// Largest line that ForEachLine accepts.
inline constexpr std::size_t kMaxJournalLineBytes = 64u << 20;

/// Calls `take` with every complete line and its number (from 1); true when the file ends inside a line, which is left
/// out. Throws kInput when the file cannot be read or a line is longer than kMaxJournalLineBytes.
bool ForEachLine(const std::filesystem::path& path, const std::function<void(std::string_view, int)>& take);

/// True while a LineWriter, of any process, writes to the file.
bool IsBeingWritten(const std::filesystem::path& path);

/// The one writer of a file: holds a lock on it for as long as it lives. Each line goes to the system in whole before
/// Append returns, so a killed process loses at most the line it was writing; the disk has what is older than
/// kSyncInterval, so a power failure loses no more than that.
class LineWriter {
 public:
  static constexpr std::chrono::seconds kSyncInterval{1};

  /// Opens the file, creating folders and file when missing, and cuts off a torn last line: one without its newline, or
  /// that `is_whole` refuses. Throws kEnvironment when it cannot be written, or another process is writing to it.
  explicit LineWriter(std::filesystem::path path, bool (*is_whole)(std::string_view line) = nullptr);
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  /// Writes `line` and a newline. Throws kEnvironment (full disk); the lines before it stay valid then. So it does when
  /// lines before it could not be synced.
  void Append(std::string_view line);

  /// Bytes of a torn last line that the constructor dropped; 0 when there was none.
  std::uint64_t dropped_bytes() const { return dropped_bytes_; }

 private:
  void DropTornLine(bool (*is_whole)(std::string_view line));
  void SyncLinesInTime(const std::stop_token& end);

  std::filesystem::path path_;
  int fd_ = -1;
  std::uint64_t dropped_bytes_ = 0;
  std::mutex mutex_;  // over what follows
  std::condition_variable_any appended_;
  bool is_synced_ = true;
  std::optional<Error> sync_failure_;
  std::jthread syncer_;  // so that a line is synced even when no other follows
};

}  // namespace tessera
