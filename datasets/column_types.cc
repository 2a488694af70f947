#include "datasets/column_types.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace tessera {
namespace {

constexpr std::array<std::string_view, 19> kMissingTexts = {
    "",     "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null"};

/// `text` without ASCII white space around it and without a plus sign, as pandas' number parsers skip them.
std::string_view NumberBody(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  text = text.substr(0, text.find_last_not_of(kSpace) + 1);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

template <typename Number>
std::optional<Number> ParseWhole(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> ParseInteger(std::string_view text) { return ParseWhole<std::int64_t>(NumberBody(text)); }

std::optional<double> ParseDouble(std::string_view text) {
  text = NumberBody(text);
  const bool integer = text.find_first_not_of("0123456789-") == std::string_view::npos;
  if (integer && !ParseInteger(text)) return std::nullopt;
  if (text.find_first_not_of("0123456789.eE+-") == std::string_view::npos) return ParseWhole<double>(text);
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (word == "inf" || word == "infinity") return kInfinity;
  if (word == "-inf" || word == "-infinity") return -kInfinity;
  return std::nullopt;
}

std::optional<bool> ParseBool(std::string_view text) {
  if (text == "True" || text == "TRUE" || text == "true") return true;
  if (text == "False" || text == "FALSE" || text == "false") return false;
  return std::nullopt;
}

/// Converts every present cell by `parse`; leaves all as they are when one cannot be converted.
template <typename Parse>
bool ConvertAll(std::vector<TsvCell*>& cells, Parse parse) {
  std::vector<TsvCell> converted(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto* text = std::get_if<std::string>(cells[i]);
    if (text == nullptr) continue;
    const auto value = parse(*text);
    if (!value) return false;
    converted[i] = *value;
  }
  for (std::size_t i = 0; i < cells.size(); ++i) *cells[i] = std::move(converted[i]);
  return true;
}

}  // namespace

bool IsMissingText(std::string_view text) {
  return std::find(kMissingTexts.begin(), kMissingTexts.end(), text) != kMissingTexts.end();
}

void InferColumnType(std::vector<TsvCell*>& cells) {
  const bool complete = std::none_of(cells.begin(), cells.end(),
                                     [](const TsvCell* cell) { return std::holds_alternative<std::monostate>(*cell); });
  if (complete && ConvertAll(cells, ParseInteger)) return;
  if (ConvertAll(cells, ParseDouble)) return;
  ConvertAll(cells, ParseBool);
}

}  // namespace tessera
