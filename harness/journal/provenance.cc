#include "harness/journal/provenance.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <set>
#include <thread>

#include "harness/base/error.h"
#include "harness/base/hash.h"

namespace tessera {
namespace {

constexpr std::uint64_t kLargeFileBytes = 1'000'000'000;

std::string CpuName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

std::vector<FileRecord> HashFiles(const std::filesystem::path& folder, const std::vector<std::string>& paths,
                                  const Notice& notice) {
  std::vector<FileRecord> files;
  for (const std::string& path : paths) {
    std::error_code failed;
    const std::uint64_t bytes = std::filesystem::file_size(folder / path, failed);
    if (failed) throw InputError(fmt::format("{}: cannot be read: {}", (folder / path).string(), failed.message()));
    if (bytes >= kLargeFileBytes && notice) {
      notice(fmt::format("hashing {} ({:.1f} GB)", path, static_cast<double>(bytes) / 1e9));
    }
    files.push_back({path, bytes, Sha256OfFile(folder / path)});
  }
  return files;
}

std::vector<std::string> CheckpointFiles(const std::filesystem::path& folder) {
  static const std::set<std::string> kEndings = {".json", ".model", ".safetensors"};
  std::error_code failed;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    if (it->is_regular_file() && kEndings.contains(it->path().extension().string())) names.push_back(it->path().filename().string());
  }
  if (failed) throw InputError(fmt::format("{}: cannot be read: {}", folder.string(), failed.message()));
  std::sort(names.begin(), names.end());
  return names;
}

ToolRecord ThisTool() { return {.version = TESSERA_VERSION, .git_revision = TESSERA_GIT_REVISION}; }

MachineRecord ThisMachine() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page_bytes = ::sysconf(_SC_PAGESIZE);
  return {.cpu = CpuName(),
          .cores = static_cast<int>(std::thread::hardware_concurrency()),
          .memory_bytes = pages > 0 && page_bytes > 0
                              ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes)
                              : 0};
}

std::string UtcNow() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace tessera
