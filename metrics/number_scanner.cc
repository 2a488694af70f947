#include "metrics/number_scanner.h"

#include <algorithm>

#include "metrics/python_text_tables.h"
#include "metrics/word_characters.h"

// Where the expressions could give back characters, another reading never matches: a shorter run of digits would have
// to be followed by a point, a comma, an exponent or a word boundary, and is followed by a digit.
namespace tessera::metrics {
namespace {

bool IsDigit(std::u32string_view text, std::size_t i) {
  if (i >= text.size()) return false;
  const auto ranges = DecimalDigitRanges();
  const auto it = std::upper_bound(ranges.begin(), ranges.end(), text[i],
                                   [](char32_t value, const CodePointRange& range) { return value < range.first; });
  return it != ranges.begin() && text[i] <= std::prev(it)->last;
}

bool Is(std::u32string_view text, std::size_t i, char32_t wanted) { return i < text.size() && text[i] == wanted; }

/// `\b` before text[i].
bool IsWordBoundary(std::u32string_view text, std::size_t i) {
  const bool before = i > 0 && IsWordCharacter(text[i - 1]);
  const bool after = i < text.size() && IsWordCharacter(text[i]);
  return before != after;
}

std::size_t SkipDigits(std::u32string_view text, std::size_t i) {
  while (IsDigit(text, i)) ++i;
  return i;
}

std::size_t SkipMinus(std::u32string_view text, std::size_t i) { return Is(text, i, U'-') ? i + 1 : i; }

/// The end of `[eE][+-]?\d+` at i, or i.
std::size_t SkipExponent(std::u32string_view text, std::size_t i) {
  if (!Is(text, i, U'e') && !Is(text, i, U'E')) return i;
  const std::size_t digits = i + 1 + (Is(text, i + 1, U'+') || Is(text, i + 1, U'-') ? 1 : 0);
  const std::size_t end = SkipDigits(text, digits);
  return end > digits ? end : i;
}

/// The end of `\.\d+` at i, or i.
std::size_t SkipFraction(std::u32string_view text, std::size_t i) {
  if (!Is(text, i, U'.')) return i;
  const std::size_t end = SkipDigits(text, i + 1);
  return end > i + 1 ? end : i;
}

/// `(?![eE][+-]?\d+)(?![,\d])` at i.
bool MayEndPlainNumber(std::u32string_view text, std::size_t i) {
  return SkipExponent(text, i) == i && !Is(text, i, U',') && !IsDigit(text, i);
}

}  // namespace

std::size_t NumberWithCommas(std::u32string_view text, std::size_t start) {
  const std::size_t first = SkipMinus(text, start);
  std::size_t at = SkipDigits(text, first);
  if (at == first || at > first + 3 || !IsWordBoundary(text, first)) return start;
  std::size_t end = start;
  while (Is(text, at, U',') && IsDigit(text, at + 1) && IsDigit(text, at + 2) && IsDigit(text, at + 3)) {
    at += 4;
    if (IsWordBoundary(text, at)) end = at;
  }
  return end;
}

std::size_t NumberWithExponent(std::u32string_view text, std::size_t start) {
  const std::size_t first = SkipMinus(text, start);
  const std::size_t digits = SkipDigits(text, first);
  if (digits == first) return start;
  const std::size_t mantissa = SkipFraction(text, digits);
  const std::size_t end = SkipExponent(text, mantissa);
  return end > mantissa ? end : start;
}

std::size_t PlainNumber(std::u32string_view text, std::size_t start) {
  const std::size_t first = SkipMinus(text, start);
  const std::size_t digits = SkipDigits(text, first);
  const std::size_t fraction = SkipFraction(text, digits);
  if (fraction > digits && MayEndPlainNumber(text, fraction)) return fraction;
  if (digits > first && IsWordBoundary(text, digits) && MayEndPlainNumber(text, digits)) return digits;
  return start;
}

}  // namespace tessera::metrics
