// The chat cases of tests/golden/model/expected, for tokenizer and template tests.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "harness/base/json_fields.h"
#include "tests/model/input_error.h"

namespace tessera {

inline constexpr std::array<const char*, 3> kTinyModels{"tiny-internvl-26b-style", "tiny-internvl-2b-style",
                                                        "tiny-internvl-4b-style"};

/// All cases of a file of `model`: cases_f32.json, cases_bf16.json (not every model has it) or ntk.json.
inline std::vector<Json> GoldenCases(const std::string& model, const std::string& file) {
  const auto path = GoldenModelFolder() / "expected" / model / file;
  if (!std::filesystem::exists(path)) return {};
  const Json json = ReadJsonFile(path);
  return (json.is_array() ? json : json["cases"]).get<std::vector<Json>>();
}

/// `text` with each "{IMG_CONTEXT*k}" replaced by k context tokens.
inline std::string ExpandContext(std::string text) {
  const std::string open = "{IMG_CONTEXT*";
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open)) {
    const std::size_t end = text.find('}', at);
    std::string tokens;
    for (int i = std::stoi(text.substr(at + open.size())); i > 0; --i) tokens += "<IMG_CONTEXT>";
    text.replace(at, end + 1 - at, tokens);
  }
  return text;
}

/// [[id, repeat], ...] in full.
inline std::vector<int> ExpandRuns(const Json& runs) {
  std::vector<int> ids;
  for (const Json& run : runs) ids.insert(ids.end(), run[1].get<std::size_t>(), run[0].get<int>());
  return ids;
}

}  // namespace tessera
