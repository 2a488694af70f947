#include "harness/base/json_fields.h"

#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/base/files.h"

namespace tessera {

Json ParseJson(std::string_view text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& e) {
    throw InputError(fmt::format("{}: not valid JSON: {}", where, e.what()));
  }
}

Json ReadJsonFile(const std::filesystem::path& path, std::uint64_t max_bytes) {
  return ParseJson(ReadFile(path, max_bytes), path.string());
}

std::string Describe(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return fmt::format("an array of {}", value.size());
    case Json::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    case Json::value_t::string: {
      const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
      return "the string " + (text.size() > 60 ? text.substr(0, 57) + "...\"" : text);
    }
    default:
      return "the number " + value.dump();
  }
}

JsonFields::JsonFields(const Json& object, std::string where, std::string path)
    : object_(&object), where_(std::move(where)), path_(std::move(path)) {
  if (!object.is_object()) {
    throw InputError(fmt::format("{}: {}expected an object, found {}", where_, path_.empty() ? "" : path_ + ": ",
                                 Describe(object)));
  }
}

bool JsonFields::Has(std::string_view key) const {
  const auto it = object_->find(std::string(key));
  return it != object_->end() && !it->is_null();
}

void JsonFields::Fail(std::string_view key, const std::string& message) const {
  throw InputError(fmt::format("{}: {}{}{}: {}", where_, path_, path_.empty() ? "" : ".", key, message));
}

const Json& JsonFields::Find(std::string_view key, const char* expected) const {
  const auto it = object_->find(std::string(key));
  if (it == object_->end()) Fail(key, fmt::format("expected {}, found nothing", expected));
  return *it;
}

std::int64_t JsonFields::Int(std::string_view key) const {
  const Json& value = Find(key, "an integer");
  if (!value.is_number_integer()) Fail(key, "expected an integer, found " + Describe(value));
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) Fail(key, "too large: " + value.dump());
  return value.get<std::int64_t>();
}

double JsonFields::Number(std::string_view key) const {
  const Json& value = Find(key, "a number");
  if (!value.is_number()) Fail(key, "expected a number, found " + Describe(value));
  return value.get<double>();
}

bool JsonFields::Bool(std::string_view key) const {
  const Json& value = Find(key, "true or false");
  if (!value.is_boolean()) Fail(key, "expected true or false, found " + Describe(value));
  return value.get<bool>();
}

std::string JsonFields::String(std::string_view key) const {
  const Json& value = Find(key, "a string");
  if (!value.is_string()) Fail(key, "expected a string, found " + Describe(value));
  return value.get<std::string>();
}

const Json& JsonFields::Array(std::string_view key) const {
  const Json& value = Find(key, "an array");
  if (!value.is_array()) Fail(key, "expected an array, found " + Describe(value));
  return value;
}

JsonFields JsonFields::Object(std::string_view key) const {
  const Json& value = Find(key, "an object");
  return JsonFields(value, where_, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key));
}

std::int64_t JsonFields::IntOr(std::string_view key, std::int64_t fallback) const {
  return Has(key) ? Int(key) : fallback;
}
double JsonFields::NumberOr(std::string_view key, double fallback) const { return Has(key) ? Number(key) : fallback; }
bool JsonFields::BoolOr(std::string_view key, bool fallback) const { return Has(key) ? Bool(key) : fallback; }
std::string JsonFields::StringOr(std::string_view key, std::string_view fallback) const {
  return Has(key) ? String(key) : std::string(fallback);
}

}  // namespace tessera
