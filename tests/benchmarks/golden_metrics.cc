// golden_metrics FILE.jsonl...: runs golden metric vectors and prints one line per failure, then a summary.
// Exit code 0 only when nothing failed. The schema is that of tests/golden/metrics.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "golden_checks.h"
#include "golden_compare.h"
#include "harness/base/error.h"

namespace tessera {
namespace {

struct Counts {
  int passed = 0;
  int failed = 0;
  int unknown = 0;        // passed as far as we can tell without the authors' judge prompts
  int informational = 0;  // Python expressions, which the product does not evaluate on purpose
};

void RemoveNulls(OrderedJson& json) {
  for (auto it = json.begin(); it != json.end();) {
    if (it->is_structured()) RemoveNulls(*it);
    it = json.is_object() && it->is_null() ? json.erase(it) : std::next(it);
  }
}

/// What our code gives for the vector; an error is a value here.
GoldenFound Run(const GoldenVector& vector) {
  auto check = GoldenChecks().find(vector.benchmark + "/" + vector.metric);
  if (check == GoldenChecks().end()) check = GoldenChecks().find(vector.metric);
  if (check == GoldenChecks().end()) throw UnknownVector("unknown metric " + vector.metric);
  try {
    return check->second(vector);
  } catch (const Error& error) {
    return {{{"error", error.what()}}};
  } catch (const std::invalid_argument& error) {
    return {{{"error", error.what()}}};
  }
}

bool IsInformational(const OrderedJson& record) {
  for (const OrderedJson& tag : record.value("tags", OrderedJson::array())) {
    if (tag == "python_expression") return true;
  }
  return false;
}

void RunLine(const std::string& line, const std::filesystem::path& file, int number, Counts& counts) {
  const std::string where = fmt::format("{}:{}", file.string(), number);
  std::string id = where;
  const auto fail = [&](const std::string& field, const std::string& expected, const std::string& found) {
    std::cout << fmt::format("{}: {}: expected {}, found {}\n", id, field, expected, found);
  };
  try {
    const OrderedJson record = OrderedJson::parse(line);
    id = record.at("id").get<std::string>();
    const GoldenVector vector{id,
                              record.at("benchmark").get<std::string>(),
                              record.at("metric").get<std::string>(),
                              record.at("variant").get<std::string>(),
                              record.at("input"),
                              file.parent_path()};
    OrderedJson expected = record.at("expected");
    GoldenFound found = Run(vector);
    for (const std::string& field : found.unknown_fields) expected.erase(field);
    if (found.missing_is_absent) {
      RemoveNulls(expected);
      RemoveNulls(found.values);
    }
    const std::vector<Difference> differences = Compare(expected, found.values);
    if (differences.empty()) {
      ++(found.unknown_fields.empty() ? counts.passed : counts.unknown);
    } else if (IsInformational(record)) {
      ++counts.informational;
    } else {
      const Difference& first = differences.front();
      fail(first.field.empty() ? "value" : first.field, first.expected, first.found);
      ++counts.failed;
    }
  } catch (const UnknownVector& error) {
    fail("vector", "a known kind", error.what());
    ++counts.failed;
  } catch (const std::exception& error) {
    fail("vector", "a well-formed record", error.what());
    ++counts.failed;
  }
}

int Main(const std::vector<std::string>& files) {
  if (files.empty()) {
    std::cerr << "usage: golden_metrics FILE.jsonl...\n";
    return static_cast<int>(ErrorKind::kUsage);
  }
  Counts counts;
  for (const std::string& file : files) {
    std::ifstream stream(file);
    if (!stream) {
      std::cerr << file << ": cannot be opened\n";
      return static_cast<int>(ErrorKind::kInput);
    }
    std::string line;
    for (int number = 1; std::getline(stream, line); ++number) {
      if (!line.empty()) RunLine(line, file, number, counts);
    }
  }
  if (counts.informational > 0)
    std::cout << fmt::format("{} informational (Python expressions)\n", counts.informational);
  if (counts.unknown > 0) {
    std::cout << fmt::format("{} unknown (judge prompts need the authors' template files)\n", counts.unknown);
  }
  std::cout << fmt::format("{} passed, {} failed\n", counts.passed, counts.failed);
  return counts.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tessera

int main(int argc, char** argv) { return tessera::Main({argv + 1, argv + argc}); }
