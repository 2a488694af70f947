// Where a run's numbers come from: files, tool, machine.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/journal/run_record.h"

namespace tessera {

/// Told what is about to be hashed when that takes a while: "hashing model-00001-of-00011.safetensors (4.9 GB)".
using Notice = std::function<void(const std::string&)>;

/// Size and SHA-256 of `paths` (relative to `folder`). Throws kInput for a file that cannot be read.
std::vector<FileRecord> HashFiles(const std::filesystem::path& folder, const std::vector<std::string>& paths,
                                  const Notice& notice);

/// The files of a checkpoint folder that may change an answer (configuration, tokenizer, weights), by name. Throws kInput when
/// it is not a folder that can be read.
std::vector<std::string> CheckpointFiles(const std::filesystem::path& folder);

ToolRecord ThisTool();
MachineRecord ThisMachine();
std::string UtcNow();  ///< "2026-01-31T12:00:00Z"

}  // namespace tessera
