// Appends samples to the journal of a run folder.
#pragma once

#include <filesystem>

#include "harness/journal/sample_record.h"

namespace tessera {

/// Where the samples of a run lie: `run_folder/journal/samples.jsonl`.
std::filesystem::path JournalPath(const std::filesystem::path& run_folder);

/// The one writer of a run's journal: holds a lock on the file for as long as it lives. Each line goes to the system in
/// whole before Append returns, so a killed process loses at most the line it was writing.
class JournalWriter {
 public:
  /// Opens the journal, creating folders and file when missing, and cuts off a torn last line. Throws kEnvironment when
  /// it cannot be written, or another process is writing to it.
  explicit JournalWriter(const std::filesystem::path& run_folder);
  ~JournalWriter();
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  /// Writes one line. Throws kEnvironment (full disk); the lines before it stay valid then.
  void Append(const SampleRecord& record);

  /// Bytes of a torn last line that the constructor dropped; 0 when there was none.
  std::uint64_t dropped_bytes() const { return dropped_bytes_; }

 private:
  void DropTornLine();

  std::filesystem::path path_;
  int fd_ = -1;
  std::uint64_t dropped_bytes_ = 0;
};

}  // namespace tessera
