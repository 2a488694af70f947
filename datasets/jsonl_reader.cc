#include "datasets/jsonl_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"

namespace tessera {
namespace {

/// One line, and where it stands.
struct Line {
  Json json;
  std::string where;

  [[noreturn]] void Fail(std::string_view field, std::string_view expected, const std::string& found) const {
    throw InputError(fmt::format("{}: field \"{}\": expected {}, found {}", where, field, expected, found));
  }

  /// nullptr when the field is absent or null.
  const Json* Find(std::string_view field) const {
    const auto it = json.find(std::string(field));
    return it == json.end() || it->is_null() ? nullptr : &*it;
  }

  const Json& Get(std::string_view field, std::string_view expected) const {
    const Json* value = Find(field);
    if (value == nullptr) Fail(field, expected, "nothing");
    return *value;
  }

  std::string Text(std::string_view field) const {
    const Json& value = Get(field, "a string");
    if (!value.is_string()) Fail(field, "a string", Describe(value));
    return value.get<std::string>();
  }
};

std::string ReadId(const Line& line, std::string_view field) {
  constexpr std::string_view kExpected = "an integer or a string";
  const Json& value = line.Get(field, kExpected);
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number_integer()) line.Fail(field, kExpected, Describe(value));
  return value.dump();
}

std::vector<std::string> ReadReferences(const Line& line, std::string_view field) {
  const Json* value = line.Find(field);
  if (value == nullptr) return {};
  if (value->is_string()) return {value->get<std::string>()};
  constexpr std::string_view kExpected = "a string or an array of strings";
  if (!value->is_array()) line.Fail(field, kExpected, Describe(*value));
  std::vector<std::string> references;
  for (const Json& item : *value) {
    if (!item.is_string()) line.Fail(field, kExpected, "an array with " + Describe(item));
    references.push_back(item.get<std::string>());
  }
  return references;
}

std::filesystem::path FindImage(const Line& line, std::string_view field, const Json& value,
                                const std::filesystem::path& folder) {
  constexpr std::string_view kExpected = "a relative path inside the data folder";
  if (!value.is_string()) line.Fail(field, kExpected, Describe(value));
  const std::string text = value.get<std::string>();
  const std::filesystem::path path(text);
  const bool climbs = std::any_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
  const bool has_nul = text.find('\0') != std::string::npos;
  if (path.empty() || path.is_absolute() || climbs || has_nul) line.Fail(field, kExpected, Describe(value));
  std::filesystem::path shortened = path;
  for (int dropped = 0; dropped <= 2 && !shortened.empty(); ++dropped) {
    std::error_code unreadable;  // a name too long for the file system is a missing picture
    if (std::filesystem::is_regular_file(folder / shortened, unreadable)) return folder / shortened;
    shortened = shortened.lexically_relative(*shortened.begin());
  }
  return folder / path;
}

std::vector<ImageSource> ReadImages(const Line& line, std::string_view field, const std::filesystem::path& folder) {
  const Json& value = line.Get(field, "a path or an array of paths");
  if (!value.is_array()) return {{.file = FindImage(line, field, value, folder)}};
  if (value.empty()) line.Fail(field, "a path or an array of paths", "an empty array");
  std::vector<ImageSource> images;
  for (const Json& item : value) images.push_back({.file = FindImage(line, field, item, folder)});
  return images;
}

std::vector<Choice> ReadChoices(const Line& line, std::string_view field) {
  constexpr std::string_view kExpected = "1 to 26 texts in an array, or in an object by letter";
  if (field.empty()) return {};
  const Json& value = line.Get(field, kExpected);
  if ((!value.is_array() && !value.is_object()) || value.empty() || value.size() > 26) {
    line.Fail(field, kExpected, Describe(value));
  }
  std::vector<Choice> choices;
  for (const auto& [key, text] : value.items()) {
    const std::string letter = value.is_array() ? std::string(1, static_cast<char>('A' + choices.size())) : key;
    if (letter.size() != 1 || letter < "A" || letter > "Z")
      line.Fail(field, "letters A to Z", fmt::format("\"{}\"", letter));
    if (!text.is_string()) line.Fail(field, kExpected, Describe(text));
    choices.push_back({letter, text.get<std::string>()});
  }
  return choices;
}

}  // namespace

std::vector<Sample> ReadJsonl(const std::filesystem::path& file, const JsonlColumns& columns,
                              const std::filesystem::path& image_folder) {
  const std::string text = ReadFile(file);
  std::vector<Sample> samples;
  std::unordered_map<std::string, std::size_t> line_of_id;
  std::size_t start = 0;
  for (std::size_t number = 1; start < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view content(text.data() + start, end - start);
    start = end + 1;
    if (content.find_first_not_of(" \t\r") == std::string_view::npos) continue;

    const std::string where = fmt::format("{}:{}", file.string(), number);
    const Line line{ParseJson(content, where), where};
    if (!line.json.is_object()) {
      throw InputError(fmt::format("{}: expected an object, found {}", where, Describe(line.json)));
    }
    Sample sample{.id = ReadId(line, columns.id)};
    const auto [it, is_new] = line_of_id.emplace(sample.id, number);
    if (!is_new) line.Fail(columns.id, "a new id", fmt::format("that of line {}", it->second));
    sample.images = ReadImages(line, columns.image, image_folder);
    sample.questions.push_back(line.Text(columns.question));
    sample.references = ReadReferences(line, columns.references);
    sample.choices = ReadChoices(line, columns.choices);
    if (!columns.tag.empty() && line.Find(columns.tag) != nullptr) {
      sample.tags.emplace(columns.tag, line.Text(columns.tag));
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace tessera
