// Reads the journal of a run folder.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/journal/line_file.h"
#include "harness/journal/sample_record.h"

namespace tessera {

/// The samples of a run in the order of its plan, each once, whichever workers wrote them.
struct Journal {
  std::vector<SampleRecord> samples;
  std::vector<std::filesystem::path> torn_files;  // that end inside a line, or in a damaged one, which was left out
};

/// Reads the journals of all workers; missing or empty files give no samples. Of several records of one sample counts
/// that of the latest start of the run; among those of one start an answer before a failure, then the last of the
/// lowest rank. Throws kInput naming file and line for a line that is broken or larger than kMaxJournalLineBytes.
Journal ReadJournal(const std::filesystem::path& run_folder);

}  // namespace tessera
