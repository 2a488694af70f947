#include "harness/journal/reader.h"

#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <unordered_map>

#include "harness/base/error.h"
#include "harness/journal/writer.h"

namespace tessera {
namespace {

/// Calls `take` with every complete line and its number; true when the file ends inside a line.
bool ForEachLine(const std::filesystem::path& path, const std::function<void(std::string_view, int)>& take) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(fmt::format("{}: cannot be opened", path.string()));
  std::vector<char> buffer(1 << 20);
  std::string line;
  int number = 1;
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    std::string_view piece(buffer.data(), static_cast<std::size_t>(file.gcount()));
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      line += piece.substr(0, end);
      if (line.size() > kMaxJournalLineBytes) {
        throw InputError(fmt::format("{}:{}: longer than {} bytes", path.string(), number, kMaxJournalLineBytes));
      }
      if (end == std::string_view::npos) break;
      take(line, number++);
      line.clear();
      piece.remove_prefix(end + 1);
    }
  }
  if (file.bad()) throw InputError(fmt::format("{}: cannot be read", path.string()));
  return !line.empty();
}

}  // namespace

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
