// Reads the journal of a run folder.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/journal/line_file.h"
#include "harness/journal/sample_record.h"

namespace tessera {

/// The samples of a run in the order in which they first appear; of a sample that was tried again the latest line
/// counts.
struct Journal {
  std::vector<SampleRecord> samples;
  bool torn_last_line = false;  // the file ended inside a line, or in a damaged one; it was left out
};

/// Reads the journal; a missing or empty file gives no samples. Throws kInput naming file and line for a line that is
/// broken or larger than kMaxJournalLineBytes.
Journal ReadJournal(const std::filesystem::path& run_folder);

}  // namespace tessera
