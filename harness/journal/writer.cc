#include "harness/journal/writer.h"

namespace tessera {

std::filesystem::path JournalPath(const std::filesystem::path& run_folder) {
  return run_folder / "journal" / "samples.jsonl";
}

JournalWriter::JournalWriter(const std::filesystem::path& run_folder) : lines_(JournalPath(run_folder)) {}

void JournalWriter::Append(const SampleRecord& record) { lines_.Append(ToJournalLine(record)); }

}  // namespace tessera
