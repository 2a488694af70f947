#include "benchmarks/json_records.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/error.h"

namespace tessera {

void ForEachJsonRecord(const std::filesystem::path& file, const std::function<void(const JsonFields&)>& read) {
  const Json array = ReadJsonFile(file);
  if (!array.is_array()) {
    throw InputError(fmt::format("{}: expected an array of objects, found {}", file.string(), Describe(array)));
  }
  for (std::size_t i = 0; i < array.size(); ++i) {
    const std::string where = fmt::format("{}: record {}", file.string(), i + 1);
    if (!array[i].is_object()) {
      throw InputError(fmt::format("{}: expected an object, found {}", where, Describe(array[i])));
    }
    read(JsonFields(array[i], where));
  }
}

std::vector<std::string> TextsOf(const JsonFields& record, std::string_view key) {
  const auto it = record.json().find(std::string(key));
  if (it != record.json().end() && it->is_string()) return {it->get<std::string>()};
  const Json& array = record.Array(key);
  if (array.empty()) record.Fail(key, "expected a text or an array of texts, found an empty array");
  std::vector<std::string> texts;
  for (const Json& item : array) {
    if (!item.is_string()) record.Fail(key, "expected an array of texts, found one with " + Describe(item));
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::filesystem::path PictureOf(const JsonFields& record, std::string_view key,
                                std::span<const std::filesystem::path> folders) {
  const std::string text = record.String(key);
  const std::filesystem::path path = std::filesystem::path(text).lexically_normal();
  const bool climbs = std::any_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
  if (path.empty() || path.is_absolute() || climbs || text.find('\0') != std::string::npos) {
    record.Fail(key, "expected a relative path inside the data folder, found " + Describe(Json(text)));
  }
  for (const std::filesystem::path& folder : folders) {
    std::error_code unreadable;
    if (std::filesystem::is_regular_file(folder / path, unreadable)) return folder / path;
  }
  return folders.front() / path;
}

}  // namespace tessera
