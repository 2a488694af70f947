#include "metrics/python_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "metrics/python_text_tables.h"

namespace tessera::metrics {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::size_t kMaxIntDigits = 4300;  // sys.get_int_max_str_digits()

struct Decoded {
  char32_t code_point = kReplacement;
  std::size_t length = 1;  // in bytes
};

/// The code point at the start of `text`, which must not be empty.
Decoded DecodeFirst(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return {};
  char32_t code_point = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code_point = (code_point << 6) | (byte(i) & 0x3Fu);
  }
  const bool overlong = (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (overlong || surrogate || code_point > 0x10FFFF) return {};
  return {code_point, length};
}

/// The code point at the end of `text`, which must not be empty.
Decoded DecodeLast(std::string_view text) {
  const std::size_t longest = std::min<std::size_t>(4, text.size());
  for (std::size_t length = 1; length <= longest; ++length) {
    const Decoded decoded = DecodeFirst(text.substr(text.size() - length));
    if (decoded.length == length && (length > 1 || decoded.code_point < 0x80)) return decoded;
  }
  return {};
}

template <typename Range>
const Range* FindRange(std::span<const Range> ranges, char32_t code_point) {
  const auto it = std::upper_bound(ranges.begin(), ranges.end(), code_point,
                                   [](char32_t value, const Range& range) { return value < range.first; });
  if (it == ranges.begin() || code_point > std::prev(it)->last) return nullptr;
  return &*std::prev(it);
}

bool InRanges(std::span<const CodePointRange> ranges, char32_t code_point) {
  return FindRange(ranges, code_point) != nullptr;
}

char32_t LowerCodePoint(char32_t code_point) {
  const LowerRange* range = FindRange(LowerRanges(), code_point);
  if (range == nullptr || (code_point - range->first) % static_cast<char32_t>(range->step) != 0) return code_point;
  return static_cast<char32_t>(static_cast<std::int32_t>(code_point) + range->offset);
}

/// CPython's handle_capital_sigma: final when the nearest letter before it exists and none follows.
bool IsFinalSigma(const std::u32string& text, std::size_t position) {
  const auto ignorable = [&](std::size_t i) { return InRanges(CaseIgnorableRanges(), text[i]); };
  std::size_t before = position;
  while (before > 0 && ignorable(before - 1)) --before;
  if (before == 0 || !InRanges(CasedRanges(), text[before - 1])) return false;
  std::size_t after = position + 1;
  while (after < text.size() && ignorable(after)) ++after;
  return after == text.size() || !InRanges(CasedRanges(), text[after]);
}

std::optional<int> DigitValue(char32_t code_point) {
  const CodePointRange* range = FindRange(DecimalDigitRanges(), code_point);
  if (range == nullptr) return std::nullopt;
  return static_cast<int>((code_point - range->first) % 10);
}

/// `text` without the white space around it and with the digits of every script as ASCII; nullopt when anything else is
/// not ASCII. Source: CPython _PyUnicode_TransformDecimalAndSpaceToASCII.
std::optional<std::string> AsciiNumber(std::string_view text) {
  std::string ascii;
  for (const char32_t code_point : CodePoints(Strip(text))) {
    if (const std::optional<int> digit = DigitValue(code_point)) {
      ascii += static_cast<char>('0' + *digit);
    } else if (code_point < 0x80) {
      ascii += static_cast<char>(code_point);
    } else {
      return std::nullopt;
    }
  }
  return ascii;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Moves the digits at the start of `text` (single `_` between them allowed) to `out`; returns how many.
std::size_t TakeDigits(std::string_view& text, std::string& out) {
  std::size_t count = 0;
  while (!text.empty()) {
    if (count > 0 && text[0] == '_' && text.size() > 1 && IsDigit(text[1])) text.remove_prefix(1);
    if (!IsDigit(text[0])) break;
    out += text[0];
    text.remove_prefix(1);
    ++count;
  }
  return count;
}

/// Moves a sign at the start of `text` to `out`, a plus as nothing.
void TakeSign(std::string_view& text, std::string& out) {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return;
  if (text[0] == '-') out += '-';
  text.remove_prefix(1);
}

}  // namespace

std::u32string CodePoints(std::string_view text) {
  std::u32string code_points;
  while (!text.empty()) {
    const Decoded decoded = DecodeFirst(text);
    code_points += decoded.code_point;
    text.remove_prefix(decoded.length);
  }
  return code_points;
}

std::size_t CodePointCount(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(DecodeFirst(text).length);
  return count;
}

void AppendUtf8(char32_t code_point, std::string& out) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
    return;
  }
  const int continuations = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
  const char32_t mark = (0xFF00u >> (continuations + 1)) & 0xFFu;  // 110xxxxx, 1110xxxx, 11110xxx
  out += static_cast<char>(mark | (code_point >> (6 * continuations)));
  for (int i = continuations - 1; i >= 0; --i) out += static_cast<char>(0x80u | ((code_point >> (6 * i)) & 0x3Fu));
}

bool IsWhiteSpace(char32_t code_point) { return InRanges(WhiteSpaceRanges(), code_point); }

bool IsDecimalDigit(char32_t code_point) { return InRanges(DecimalDigitRanges(), code_point); }

std::string_view Strip(std::string_view text) {
  while (!text.empty()) {
    const Decoded first = DecodeFirst(text);
    if (!IsWhiteSpace(first.code_point)) break;
    text.remove_prefix(first.length);
  }
  while (!text.empty()) {
    const Decoded last = DecodeLast(text);
    if (!IsWhiteSpace(last.code_point)) break;
    text.remove_suffix(last.length);
  }
  return text;
}

std::vector<std::string> SplitWhiteSpace(std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  while (!text.empty()) {
    const Decoded decoded = DecodeFirst(text);
    if (IsWhiteSpace(decoded.code_point)) {
      in_word = false;
    } else {
      if (!in_word) words.emplace_back();
      words.back() += text.substr(0, decoded.length);
      in_word = true;
    }
    text.remove_prefix(decoded.length);
  }
  return words;
}

std::string Lower(std::string_view text) {
  const std::u32string code_points = CodePoints(text);
  std::string lowered;
  for (std::size_t i = 0; i < code_points.size(); ++i) {
    if (code_points[i] == 0x130) {  // capital I with dot: i and a combining dot above
      lowered += "i\xCC\x87";
    } else if (code_points[i] == 0x3A3 && IsFinalSigma(code_points, i)) {
      AppendUtf8(0x3C2, lowered);
    } else {
      AppendUtf8(LowerCodePoint(code_points[i]), lowered);
    }
  }
  return lowered;
}

std::size_t UpperLength(std::string_view text) {
  std::size_t length = 0;
  for (const char32_t code_point : CodePoints(text)) {
    const UpperLengthRange* range = FindRange(UpperLengthRanges(), code_point);
    length += range == nullptr ? 1 : range->length;
  }
  return length;
}

std::string Replace(std::string_view text, std::string_view from, std::string_view to) {
  std::string replaced;
  for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    replaced.append(text.substr(0, at)).append(to);
    text.remove_prefix(at + from.size());
  }
  return replaced.append(text);
}

bool HasChinese(std::string_view text) {
  const std::u32string code_points = CodePoints(text);
  return std::any_of(code_points.begin(), code_points.end(), [](char32_t c) { return c >= 0x4E00 && c <= 0x9FFF; });
}

std::optional<double> ParseFloat(std::string_view text) {
  const std::optional<std::string> ascii = AsciiNumber(text);
  if (!ascii) return std::nullopt;
  std::string_view rest = *ascii;
  std::string decimal;
  TakeSign(rest, decimal);
  const double sign = decimal.empty() ? 1 : -1;
  const std::string word = Lower(rest);
  if (word == "inf" || word == "infinity") return sign * std::numeric_limits<double>::infinity();
  if (word == "nan") return std::numeric_limits<double>::quiet_NaN();

  std::size_t digits = TakeDigits(rest, decimal);
  if (!rest.empty() && rest[0] == '.') {
    decimal += '.';
    rest.remove_prefix(1);
    digits += TakeDigits(rest, decimal);
  }
  if (digits == 0) return std::nullopt;
  if (!rest.empty() && (rest[0] == 'e' || rest[0] == 'E')) {
    decimal += 'e';
    rest.remove_prefix(1);
    TakeSign(rest, decimal);
    if (TakeDigits(rest, decimal) == 0) return std::nullopt;
  }
  if (!rest.empty()) return std::nullopt;
  return NearestDouble(decimal);
}

std::optional<std::string> ParseInt(std::string_view text) {
  const std::optional<std::string> ascii = AsciiNumber(text);
  if (!ascii) return std::nullopt;
  std::string_view rest = *ascii;
  std::string sign;
  std::string digits;
  TakeSign(rest, sign);
  const std::size_t count = TakeDigits(rest, digits);
  if (count == 0 || count > kMaxIntDigits || !rest.empty()) return std::nullopt;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return digits == "0" ? digits : sign + digits;
}

std::string FloatRepr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[64];
  const auto write = [&](std::chars_format format) {
    return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr);
  };
  std::string text = write(std::chars_format::scientific);
  const int exponent = std::stoi(text.substr(text.find('e') + 1));
  if (exponent < -4 || exponent >= 16) return text;
  text = write(std::chars_format::fixed);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

double NearestDouble(const std::string& decimal) {
  double value = 0;
  const auto [end, error] = std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
  if (error == std::errc()) return value;

  // from_chars does not say in which direction the value left the range; the place of the first digit does.
  const std::size_t exponent_mark = std::min(decimal.find('e'), decimal.size());
  const std::size_t point = std::min(decimal.find('.'), exponent_mark);
  const std::size_t first = decimal.find_first_of("123456789");
  const bool negative = decimal.front() == '-';
  double place = static_cast<double>(point) - static_cast<double>(first);
  if (exponent_mark < decimal.size()) {
    const std::string exponent = decimal.substr(exponent_mark + 1);
    const double magnitude = exponent.size() > 18 ? 1e18 : std::abs(static_cast<double>(std::stoll(exponent)));
    place += exponent.front() == '-' ? -magnitude : magnitude;
  }
  const double limit = place > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return negative ? -limit : limit;
}

}  // namespace tessera::metrics
