// Field-by-field comparison of golden values with what we computed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tessera {

/// Keeps the order of keys: options come in file order.
using OrderedJson = nlohmann::ordered_json;

struct Difference {
  std::string field;  // "acc.dev.Overall"
  std::string expected;
  std::string found;
};

/// All differences. Numbers may differ by 1e-9 when either side is not an integer; all else, key sets included, is
/// exact; the order of keys does not matter. `{"error": NAME}` stands for any error: the name is Python's.
std::vector<Difference> Compare(const OrderedJson& expected, const OrderedJson& found);

}  // namespace tessera
