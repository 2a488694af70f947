#include "harness/journal/fields.h"

#include <climits>

namespace tessera {

int CountOf(const JsonFields& fields, std::string_view key) {
  const std::int64_t value = fields.Int(key);
  if (value < 0 || value > INT_MAX) fields.Fail(key, "out of range: " + std::to_string(value));
  return static_cast<int>(value);
}

std::vector<std::string> StringsOf(const JsonFields& fields, std::string_view key) {
  std::vector<std::string> texts;
  for (const Json& item : fields.Array(key)) {
    if (!item.is_string()) fields.Fail(key, "expected strings, found " + Describe(item));
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace tessera
