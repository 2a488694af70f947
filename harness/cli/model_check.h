// What `model check` looks at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

/// One thing that was looked at.
struct CheckResult {
  std::string name;  // "config", "weights", "tokenizer", "special tokens", "finite values"
  bool passed = false;
  std::string message;  // what was found
};

/// Checks a checkpoint folder: configuration, every tensor, tokenizer, special tokens, vocabulary, and that no weight
/// is infinite or not a number (reads all weights once). A check that needs an earlier one that failed is left out.
/// Throws kInput when `folder` is not a folder.
std::vector<CheckResult> CheckModel(const std::filesystem::path& folder);

}  // namespace tessera
