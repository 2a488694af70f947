// A temporary folder for tests that write small files, and the message of the Error that a call throws.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "harness/base/error.h"

namespace tessera {

/// A fresh folder, removed with everything in it at the end of the scope.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tessera_test_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw EnvironmentError("no temporary folder");
    path_ = name;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path Write(const std::string& name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

  void CopyFrom(const std::filesystem::path& folder, const std::string& name) const {
    std::filesystem::copy_file(folder / name, path_ / name, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::permissions(path_ / name, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
  }

 private:
  std::filesystem::path path_;
};

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
