// What can be known to go wrong before a model is loaded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/runner/plan.h"

namespace tessera {

/// An estimate, on the high side, of the bytes that the samples of `groups` add to the run folder: journal, scores and
/// reports, with every answer as long as the recipe allows.
std::uint64_t RunFolderBytes(const Plan& plan, const std::vector<PictureGroup>& groups);

/// Throws kEnvironment when files cannot be made in `run_folder`, which exists, or its disk has fewer than `bytes`
/// free.
void CheckRunFolder(const std::filesystem::path& run_folder, std::uint64_t bytes);

/// The picture files of `groups` that are not there, each once, in the order of their names. Looks at names only.
std::vector<std::filesystem::path> MissingPictureFiles(const std::vector<PictureGroup>& groups);

/// "2 picture files are not there; their samples will be unscored: a.png, b.png"; nullopt when `missing` is empty.
std::optional<std::string> MissingPicturesText(const std::vector<std::filesystem::path>& missing);

}  // namespace tessera
