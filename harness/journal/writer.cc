#include "harness/journal/writer.h"

#include "harness/journal/record_frame.h"

namespace tessera {
namespace {

bool IsRecord(std::string_view line) { return UnframeRecord(line).has_value(); }

}  // namespace

std::filesystem::path JournalPath(const std::filesystem::path& run_folder) {
  return run_folder / "journal" / "samples.log";
}

JournalWriter::JournalWriter(const std::filesystem::path& run_folder) : lines_(JournalPath(run_folder), IsRecord) {}

void JournalWriter::Append(const SampleRecord& record) { lines_.Append(FrameRecord(ToJournalLine(record))); }

}  // namespace tessera
