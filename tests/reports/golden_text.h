// Printed text that is pinned by a file.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "harness/base/files.h"

namespace tessera {

/// Compares with tests/reports/golden/`name`; TESSERA_UPDATE_GOLDEN=1 writes the file instead.
inline void ExpectGolden(const std::string& text, const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/reports/golden" / name;
  if (std::getenv("TESSERA_UPDATE_GOLDEN") != nullptr) WriteFileAtomically(path, text);
  EXPECT_EQ(text, ReadFile(path));
}

}  // namespace tessera
