// MMMU's reading of an answer to an open question: key phrases and numbers, compared with the reference.
// Source: MMMU mmmu/utils/eval_utils.py; protocol/mmmu.md section 4.3.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tessera::metrics {

/// A text (lower-cased), or a number (rounded to two decimals; may be infinite or nan).
using OpenValue = std::variant<std::string, double>;

/// The values that `text` stands for: one number when it is one once the commas are taken out; else itself stripped and
/// lower-cased; a single character as two texts with a blank before and after it, so that it does not match inside
/// words. Source: normalize_str.
std::vector<OpenValue> NormalizeOpen(std::string_view text);

/// The numbers in `text` as they are written: first those with thousands separators, then those with an exponent, then
/// plain ones. Quirk kept: a number may be found more than once ("1.5e-4" gives 1.5e-4, 1 and -4). Source:
/// extract_numbers.
std::vector<std::string> ExtractNumbers(std::string_view text);

/// What `answer` may mean, without repetitions: per line the shortest text after a key phrase ("is ", "answer " ...;
/// "=" too in the last line), or else the whole answer, and all numbers in these. Source: parse_open_response.
std::vector<OpenValue> ParseOpenAnswer(std::string_view answer);

/// True when a text of `values` contains a text of the normalised `references`, or a number equals a number. Source:
/// eval_open.
bool MatchesOpenReference(std::span<const OpenValue> values, std::span<const std::string> references);

}  // namespace tessera::metrics
