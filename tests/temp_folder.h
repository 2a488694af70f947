// A folder of a test's own, removed with all it holds at the end of the scope.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "harness/base/error.h"

namespace tessera {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tessera_test_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw EnvironmentError("no temporary folder");
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes `content` to the file `name` in the folder, making sub-folders; returns its path.
  std::filesystem::path Write(const std::filesystem::path& name, std::string_view content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

  /// A copy, that may be changed, of `folder`'s file `name`.
  void CopyFrom(const std::filesystem::path& folder, const std::string& name) const {
    std::filesystem::copy_file(folder / name, path_ / name, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::permissions(path_ / name, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace tessera
