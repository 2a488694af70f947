// Appends samples to the journal of a run folder.
#pragma once

#include <filesystem>

#include "harness/journal/line_file.h"
#include "harness/journal/sample_record.h"

namespace tessera {

/// Where the samples of a run lie: `run_folder/journal/samples.log`.
std::filesystem::path JournalPath(const std::filesystem::path& run_folder);

/// The one writer of a run's journal: a line per sample, as FrameRecord writes it; see LineWriter.
class JournalWriter {
 public:
  /// Throws as LineWriter does.
  explicit JournalWriter(const std::filesystem::path& run_folder);

  /// Writes one line. Throws kEnvironment (full disk); the lines before it stay valid then.
  void Append(const SampleRecord& record);

  /// Bytes of a torn last line that the constructor dropped; 0 when there was none.
  std::uint64_t dropped_bytes() const { return lines_.dropped_bytes(); }

 private:
  LineWriter lines_;
};

}  // namespace tessera
