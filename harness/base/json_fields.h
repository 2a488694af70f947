// Reading JSON fields with errors that name the file, the field, and both sides.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

using Json = nlohmann::json;

/// Parses `text`; `where` (a file name, or file:line) opens the message of the kInput error. Duplicate keys: the last wins.
Json ParseJson(std::string_view text, const std::string& where);

/// Reads and parses a JSON file. Throws kInput when it is missing, larger than `max_bytes`, or not JSON.
Json ReadJsonFile(const std::filesystem::path& path, std::uint64_t max_bytes = 64u << 20);

/// A JSON object together with where it stands, for messages: `config.json: vision_config.hidden_size: expected ...`.
class JsonFields {
 public:
  JsonFields(const Json& object, std::string where, std::string path = "");

  bool Has(std::string_view key) const;  ///< present and not null

  /// The field's value; throws kInput when it is missing or of another type.
  std::int64_t Int(std::string_view key) const;
  double Number(std::string_view key) const;
  bool Bool(std::string_view key) const;
  std::string String(std::string_view key) const;
  const Json& Array(std::string_view key) const;
  JsonFields Object(std::string_view key) const;

  /// As above, or `fallback` when the key is absent or null. A value of another type still throws.
  std::int64_t IntOr(std::string_view key, std::int64_t fallback) const;
  double NumberOr(std::string_view key, double fallback) const;
  bool BoolOr(std::string_view key, bool fallback) const;
  std::string StringOr(std::string_view key, std::string_view fallback) const;

  /// The kInput error for this field: `where: path.key: message`.
  [[noreturn]] void Fail(std::string_view key, const std::string& message) const;

  const Json& json() const { return *object_; }

 private:
  const Json& Find(std::string_view key, const char* expected) const;

  const Json* object_;
  std::string where_;
  std::string path_;
};

/// "an object", "a string", "the number 3.5": what `value` is, for messages; long values are cut.
std::string Describe(const Json& value);

}  // namespace tessera
