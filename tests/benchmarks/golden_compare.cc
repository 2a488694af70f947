#include "golden_compare.h"

#include <cmath>

namespace tessera {
namespace {

constexpr double kTolerance = 1e-9;

bool IsError(const OrderedJson& value) { return value.is_object() && value.size() == 1 && value.contains("error"); }

void CompareInto(const OrderedJson& expected, const OrderedJson& found, const std::string& field,
                 std::vector<Difference>& differences) {
  const auto child = [&](const std::string& name) { return field.empty() ? name : field + "." + name; };
  if (expected.is_object() && found.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      if (found.contains(key)) {
        CompareInto(value, found[key], child(key), differences);
      } else {
        differences.push_back({child(key), value.dump(), "nothing"});
      }
    }
    for (const auto& [key, value] : found.items()) {
      if (!expected.contains(key)) differences.push_back({child(key), "nothing", value.dump()});
    }
    return;
  }
  if (expected.is_array() && found.is_array() && expected.size() == found.size()) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CompareInto(expected[i], found[i], child(std::to_string(i)), differences);
    }
    return;
  }
  const bool numbers = expected.is_number() && found.is_number();
  const bool inexact = numbers && (expected.is_number_float() || found.is_number_float());
  const bool equal = inexact ? std::abs(expected.get<double>() - found.get<double>()) <= kTolerance : expected == found;
  if (!equal) differences.push_back({field, expected.dump(), found.dump()});
}

}  // namespace

std::vector<Difference> Compare(const OrderedJson& expected, const OrderedJson& found) {
  if (IsError(expected) && IsError(found)) return {};
  std::vector<Difference> differences;
  CompareInto(expected, found, "", differences);
  return differences;
}

}  // namespace tessera
