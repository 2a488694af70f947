// The message of the Error that a call throws, and where the golden checkpoints are.
#pragma once

#include <filesystem>
#include <string>

#include "harness/base/error.h"

namespace tessera {

/// The message of the kInput error that `call` throws; "no error" when it throws none.
template <typename Call>
std::string InputErrorOf(Call&& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.kind() == ErrorKind::kInput ? e.what() : std::string("another kind of error: ") + e.what();
  }
  return "no error";
}

inline std::filesystem::path GoldenModelFolder() {
  return std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/golden/model";
}

}  // namespace tessera
