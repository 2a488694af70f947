#include "harness/journal/writer.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "harness/base/error.h"
#include "harness/journal/record_frame.h"

namespace tessera {
namespace {

bool IsRecord(std::string_view line) { return UnframeRecord(line).has_value(); }

/// 3 for "samples.3.log"; nullopt for a name that JournalPath never gives.
std::optional<int> RankOf(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  int rank = 0;
  if (name.starts_with("samples.")) std::from_chars(name.data() + 8, name.data() + name.size(), rank);
  const bool is_journal = name == JournalPath("", rank).filename().string();
  return is_journal ? std::optional(rank) : std::nullopt;
}

}  // namespace

std::filesystem::path JournalPath(const std::filesystem::path& run_folder, int rank) {
  return run_folder / "journal" / (rank == 0 ? "samples.log" : fmt::format("samples.{}.log", rank));
}

std::vector<std::filesystem::path> JournalPaths(const std::filesystem::path& run_folder) {
  std::map<int, std::filesystem::path> by_rank;
  std::error_code failed;  // no folder: no journals
  for (std::filesystem::directory_iterator it(run_folder / "journal", failed), end; !failed && it != end;
       it.increment(failed)) {
    if (const std::optional<int> rank = RankOf(it->path())) by_rank[*rank] = it->path();
  }
  std::vector<std::filesystem::path> paths;
  for (const auto& [rank, path] : by_rank) paths.push_back(path);
  return paths;
}

void CheckNoOtherWriter(const std::filesystem::path& run_folder) {
  for (const std::filesystem::path& path : JournalPaths(run_folder)) {
    if (path == JournalPath(run_folder) || !IsBeingWritten(path)) continue;
    throw EnvironmentError(fmt::format("{}: another run is writing to this folder", path.string()));
  }
}

JournalWriter::JournalWriter(const std::filesystem::path& run_folder, int rank)
    : lines_(JournalPath(run_folder, rank), IsRecord) {}

void JournalWriter::Append(const SampleRecord& record) { lines_.Append(FrameRecord(ToJournalLine(record))); }

}  // namespace tessera
