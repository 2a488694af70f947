// Whole-column type inference of pandas' read_csv, which decides how an option such as `1.50` is printed.
// Source: pandas 2.3 parsers.pyx, _convert_tokens; protocol/common_text_and_judge.md section 3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tessera {

/// A cell as pandas holds it. std::monostate: missing.
using TsvCell = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// True for the texts that pandas reads as a missing cell: empty, NA, N/A, None, nan, null ... Exact, no trimming.
bool IsMissingText(std::string_view text);

/// Turns the texts of one column into what pandas makes of them: all integers; all numbers, or integers with a missing
/// cell, to doubles; all true/false to bool; one other cell keeps all of them texts. Numbers outside the 64-bit ranges
/// keep their texts. `cells` holds std::string and std::monostate only.
void InferColumnType(std::vector<TsvCell*>& cells);

}  // namespace tessera
