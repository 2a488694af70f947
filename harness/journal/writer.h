// Appends samples to the journal of a run folder.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/journal/line_file.h"
#include "harness/journal/sample_record.h"

namespace tessera {

/// Where the worker of that rank writes its samples: `run_folder/journal/samples.log` for rank 0, which is all of a run
/// in one process, and `samples.3.log` for rank 3.
std::filesystem::path JournalPath(const std::filesystem::path& run_folder, int rank = 0);

/// The journals that are there, by rank.
std::vector<std::filesystem::path> JournalPaths(const std::filesystem::path& run_folder);

/// Throws kEnvironment when a worker of another rank than 0 writes to the folder.
void CheckNoOtherWriter(const std::filesystem::path& run_folder);

/// The one writer of a worker's journal: a line per sample, as FrameRecord writes it; see LineWriter.
class JournalWriter {
 public:
  /// Throws as LineWriter does.
  explicit JournalWriter(const std::filesystem::path& run_folder, int rank = 0);

  /// Writes one line. Throws kEnvironment (full disk); the lines before it stay valid then.
  void Append(const SampleRecord& record);

  /// Bytes of a torn last line that the constructor dropped; 0 when there was none.
  std::uint64_t dropped_bytes() const { return lines_.dropped_bytes(); }

 private:
  LineWriter lines_;
};

}  // namespace tessera
