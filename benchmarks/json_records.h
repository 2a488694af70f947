// Official question files that are one JSON array of objects.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/json_fields.h"

namespace tessera {

/// Calls `read` for each object of the array in `file`, in order. Its errors name the file and the record, from 1.
/// Throws kInput when the file is not an array of objects.
void ForEachJsonRecord(const std::filesystem::path& file, const std::function<void(const JsonFields&)>& read);

/// The field `key`: a text, or an array of texts with at least one. Throws kInput for all else.
std::vector<std::string> TextsOf(const JsonFields& record, std::string_view key);

/// The picture that the field `key` names, in the first of `folders` that has it; in the first one when none has it, so
/// that decoding fails later, for this sample alone. Throws kInput when the path is empty, absolute or holds `..`.
std::filesystem::path PictureOf(const JsonFields& record, std::string_view key,
                                std::span<const std::filesystem::path> folders);

}  // namespace tessera
