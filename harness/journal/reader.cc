#include "harness/journal/reader.h"

#include <fmt/format.h>

#include <unordered_map>

#include "harness/journal/line_file.h"
#include "harness/journal/writer.h"

namespace tessera {
Journal ReadJournal(const std::filesystem::path& run_folder) {
  const std::filesystem::path path = JournalPath(run_folder);
  Journal journal;
  if (!std::filesystem::exists(path)) return journal;
  std::unordered_map<std::string, std::size_t> positions;
  journal.torn_last_line = ForEachLine(path, [&](std::string_view line, int number) {
    SampleRecord record = ParseJournalLine(line, fmt::format("{}:{}", path.string(), number));
    const auto [it, is_new] = positions.emplace(SampleKey(record.benchmark, record.sample), journal.samples.size());
    if (is_new) {
      journal.samples.push_back(std::move(record));
    } else {
      journal.samples[it->second] = std::move(record);
    }
  });
  return journal;
}

}  // namespace tessera
