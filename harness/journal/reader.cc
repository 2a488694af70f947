#include "harness/journal/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "harness/base/error.h"
#include "harness/journal/line_file.h"
#include "harness/journal/record_frame.h"
#include "harness/journal/writer.h"

namespace tessera {
namespace {

/// Calls `take` with every record of one file; false when the last one is not whole.
bool ForEachRecord(const std::filesystem::path& path, const std::function<void(SampleRecord)>& take) {
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
    take(ParseJournalLine(*json, fmt::format("{}:{}", path.string(), number)));
  });
  return !ends_inside_line && damaged_line == 0;
}

/// A record that counts so far, and in which file it stands.
struct Found {
  SampleRecord record;
  std::size_t file = 0;
};

bool CountsMore(const SampleRecord& later, std::size_t file, const Found& found) {
  if (later.start != found.record.start) return later.start > found.record.start;
  if (later.failure.has_value() != found.record.failure.has_value()) return !later.failure;
  return file == found.file;
}

}  // namespace

Journal ReadJournal(const std::filesystem::path& run_folder) {
  Journal journal;
  std::vector<Found> found;
  std::unordered_map<std::string, std::size_t> positions;
  const std::vector<std::filesystem::path> paths = JournalPaths(run_folder);
  for (std::size_t file = 0; file < paths.size(); ++file) {
    const bool is_whole = ForEachRecord(paths[file], [&](SampleRecord record) {
      const auto [it, is_new] = positions.emplace(SampleKey(record.benchmark, record.sample), found.size());
      if (is_new) {
        found.push_back({std::move(record), file});
      } else if (CountsMore(record, file, found[it->second])) {
        found[it->second] = {std::move(record), file};
      }
    });
    if (!is_whole) journal.torn_files.push_back(paths[file]);
  }
  for (Found& one : found) journal.samples.push_back(std::move(one.record));
  std::stable_sort(journal.samples.begin(), journal.samples.end(),
                   [](const SampleRecord& a, const SampleRecord& b) { return a.position < b.position; });
  return journal;
}

}  // namespace tessera
