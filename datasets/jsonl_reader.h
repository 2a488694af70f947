// JSON Lines files of the InternVL evaluation scripts: one question per line.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "datasets/sample.h"

namespace tessera {

/// Which field of a line holds what. An empty name: the file has no such field.
struct JsonlColumns {
  std::string_view id = "question_id";  // an integer or a string
  std::string_view image = "image";     // a path, or an array of paths
  std::string_view question = "question";
  std::string_view references = "answer";  // a string, or an array of strings; may be absent or null
  std::string_view choices = "";           // an array of texts, lettered A, B, C ..., or an object from letter to text
  std::string_view tag = "";               // a string that becomes a tag of the same name; may be absent
};

/// One Sample per line of `file` (at most 256 MiB); blank lines are skipped. Fields that `columns` does not name are
/// ignored. An image path is looked for in `image_folder`: as it is, then without its first, then without its first two
/// folders (the scripts write `data/chartqa/...`, from the root of their repository). A picture that is nowhere keeps
/// the first of these paths, so that decoding it fails later, for this sample alone. Throws kInput, `file:line: field
/// "x": expected ..., found ...`, on a wrong line, a repeated id, or an image path that is absolute or holds `..`.
std::vector<Sample> ReadJsonl(const std::filesystem::path& file, const JsonlColumns& columns,
                              const std::filesystem::path& image_folder);

}  // namespace tessera
