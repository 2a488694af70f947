#include "harness/journal/reader.h"

#include <fmt/format.h>

#include <unordered_map>

#include "harness/base/error.h"
#include "harness/journal/line_file.h"
#include "harness/journal/record_frame.h"
#include "harness/journal/writer.h"

namespace tessera {
Journal ReadJournal(const std::filesystem::path& run_folder) {
  const std::filesystem::path path = JournalPath(run_folder);
  Journal journal;
  if (!std::filesystem::exists(path)) return journal;
  std::unordered_map<std::string, std::size_t> positions;
  int damaged_line = 0;
  const bool ends_inside_line = ForEachLine(path, [&](std::string_view line, int number) {
    // Only the last line may be damaged: a crash can tear no other.
    if (damaged_line > 0) {
      throw InputError(
          fmt::format("{}:{}: length or checksum is not that of the record: the file was changed or damaged",
                      path.string(), damaged_line));
    }
    const std::optional<std::string_view> json = UnframeRecord(line);
    if (!json) {
      damaged_line = number;
      return;
    }
    SampleRecord record = ParseJournalLine(*json, fmt::format("{}:{}", path.string(), number));
    const auto [it, is_new] = positions.emplace(SampleKey(record.benchmark, record.sample), journal.samples.size());
    if (is_new) {
      journal.samples.push_back(std::move(record));
    } else {
      journal.samples[it->second] = std::move(record);
    }
  });
  journal.torn_last_line = ends_inside_line || damaged_line > 0;
  return journal;
}

}  // namespace tessera
