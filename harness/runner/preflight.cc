#include "harness/runner/preflight.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "harness/base/error.h"
#include "harness/base/strings.h"

namespace tessera {
namespace {

constexpr std::uint64_t kBytesPerRecord = 2500;  // names, hashes and numbers in the journal, scores.json and reports
constexpr std::uint64_t kBytesPerToken = 8;      // above the mean of any tokenizer and script
constexpr std::size_t kShownPictures = 3;

std::uint64_t TextBytes(const Sample& sample) {
  std::size_t bytes = 0;
  for (const std::string& question : sample.questions) bytes += question.size();
  for (const Choice& choice : sample.choices) bytes += choice.letter.size() + choice.text.size();
  for (const std::string& reference : sample.references) bytes += reference.size();
  for (const auto& [name, value] : sample.tags) bytes += name.size() + value.size();
  return bytes;
}

}  // namespace

std::uint64_t RunFolderBytes(const Plan& plan, const std::vector<PictureGroup>& groups) {
  std::uint64_t bytes = 0;
  for (const PictureGroup& group : groups) {
    for (const std::size_t i : group.samples) {
      const PlannedSample& planned = plan.samples[i];
      const auto answer_tokens = static_cast<std::uint64_t>(plan.benchmarks[planned.benchmark].recipe.max_new_tokens) *
                                 planned.sample.questions.size();
      // The question's texts stand in the prompt, beside it and as tokens, an answer in the journal, there as tokens
      // too, and as what was read from it.
      bytes += kBytesPerRecord + 4 * TextBytes(planned.sample) + 3 * kBytesPerToken * answer_tokens;
    }
  }
  return bytes;
}

void CheckRunFolder(const std::filesystem::path& run_folder, std::uint64_t bytes) {
  if (::access(run_folder.c_str(), W_OK | X_OK) != 0) {
    throw EnvironmentError(fmt::format("{}: cannot be written: {}", run_folder.string(), std::strerror(errno)));
  }
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(run_folder, failed);
  if (failed || space.available >= bytes) return;  // a file system that does not tell is no reason to stop
  constexpr double kMb = 1e6;
  throw EnvironmentError(fmt::format("{}: the run may need {:.0f} MB, and the disk has {:.0f} MB free",
                                     run_folder.string(), static_cast<double>(bytes) / kMb,
                                     static_cast<double>(space.available) / kMb));
}

std::vector<std::filesystem::path> MissingPictureFiles(const std::vector<PictureGroup>& groups) {
  std::set<std::filesystem::path> files;
  for (const PictureGroup& group : groups) {
    for (const ImageSource& image : group.images) files.insert(image.file);
  }
  std::vector<std::filesystem::path> missing;
  std::copy_if(files.begin(), files.end(), std::back_inserter(missing), [](const std::filesystem::path& file) {
    std::error_code failed;
    return !std::filesystem::exists(file, failed);
  });
  return missing;
}

std::optional<std::string> MissingPicturesText(const std::vector<std::filesystem::path>& missing) {
  if (missing.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(missing.size(), kShownPictures); ++i) names.push_back(missing[i].string());
  return fmt::format("{} picture files are not there; their samples will be unscored: {}{}", missing.size(),
                     Join(names, ", "), missing.size() > kShownPictures ? " ..." : "");
}

}  // namespace tessera
