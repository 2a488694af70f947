#include "harness/journal/token_ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cstdint>

#include "harness/base/error.h"

namespace tessera {
namespace {

constexpr std::size_t kShortestRun = 4;
constexpr std::int64_t kMostIds = 16'000'000;

/// An integer in [low, high]; throws kInput otherwise.
std::int64_t Integer(const Json& json, std::int64_t low, std::int64_t high, const std::string& where) {
  const bool is_in_range = json.is_number_integer() && json >= low && json <= high;
  if (!is_in_range)
    throw InputError(fmt::format("{}: expected an integer in [{}, {}], found {}", where, low, high, Describe(json)));
  return json.get<std::int64_t>();
}

}  // namespace

nlohmann::ordered_json TokenIdsJson(const std::vector<int>& ids) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (auto it = ids.begin(); it != ids.end();) {
    const auto run_end = std::find_if(it, ids.end(), [it](int id) { return id != *it; });
    const auto length = static_cast<std::size_t>(run_end - it);
    if (length < kShortestRun) {
      for (std::size_t i = 0; i < length; ++i) json.push_back(*it);
    } else {
      json.push_back(nlohmann::ordered_json::array({*it, length}));
    }
    it = run_end;
  }
  return json;
}

std::vector<int> ParseTokenIds(const Json& json, const std::string& where) {
  if (!json.is_array()) throw InputError(fmt::format("{}: expected an array, found {}", where, Describe(json)));
  std::vector<int> ids;
  for (const Json& item : json) {
    const bool is_run = item.is_array() && item.size() == 2;
    const std::int64_t id = Integer(is_run ? item[0] : item, 0, INT_MAX, where);
    const std::int64_t room = kMostIds - static_cast<std::int64_t>(ids.size());
    const std::int64_t count = is_run ? Integer(item[1], 1, room, where) : 1;
    ids.insert(ids.end(), static_cast<std::size_t>(count), static_cast<int>(id));
  }
  return ids;
}

}  // namespace tessera
