#include "metrics/python_literal.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

constexpr int kMaxDepth = 100;  // CPython's parser refuses 200 nested brackets

using Kind = LiteralValue::Kind;

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// repr(text), for strings inside nested lists. Only ASCII control characters are escaped.
std::string Repr(std::string_view text) {
  const bool double_quotes = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
  const char quote = double_quotes ? '"' : '\'';
  constexpr char kHex[] = "0123456789abcdef";
  std::string out(1, quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
    } else {
      out += c;
    }
  }
  return out + quote;
}

/// Reads one list literal. Each Read function returns nullopt at the first thing that is not part of one.
class ListReader {
 public:
  explicit ListReader(std::string_view text) : rest_(text) {}

  std::optional<std::vector<LiteralValue>> ReadWhole() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    while (Take("\n")) {
    }
    auto list = ReadList(1);
    SkipSpace();
    if (!rest_.empty()) return std::nullopt;
    return list;
  }

 private:
  void SkipSpace() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n\r\f"), rest_.size())); }

  bool Take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::optional<std::vector<LiteralValue>> ReadList(int depth) {
    if (depth > kMaxDepth || !Take("[")) return std::nullopt;
    std::vector<LiteralValue> values;
    SkipSpace();
    while (!Take("]")) {
      std::optional<LiteralValue> value = ReadValue(depth);
      if (!value) return std::nullopt;
      values.push_back(std::move(*value));
      SkipSpace();
      if (Take("]")) break;
      if (!Take(",")) return std::nullopt;
      SkipSpace();
    }
    return values;
  }

  std::optional<LiteralValue> ReadValue(int depth) {
    if (rest_.starts_with("[")) return ReadNestedList(depth + 1);
    if (AtString()) return ReadStrings();
    for (const auto& [word, kind] : {std::pair{"None", Kind::kNone}, {"True", Kind::kBool}, {"False", Kind::kBool}}) {
      if (TakeWord(word)) return LiteralValue{kind, word};
    }
    return ReadNumber();
  }

  std::optional<LiteralValue> ReadNestedList(int depth) {
    const auto list = ReadList(depth);
    if (!list) return std::nullopt;
    std::string text = "[";
    for (const LiteralValue& value : *list) {
      if (text.size() > 1) text += ", ";
      text += value.kind == Kind::kText ? Repr(value.text) : value.text;
    }
    return LiteralValue{Kind::kList, text + "]"};
  }

  bool TakeWord(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    if (rest_.size() > word.size() && IsWordCharacter(rest_[word.size()])) return false;
    return Take(word);
  }

  // --- strings ---

  /// True when a string literal, with its prefix, starts here.
  bool AtString() const {
    const bool prefixed = !rest_.empty() && std::string_view("rRuU").find(rest_[0]) != std::string_view::npos;
    const std::size_t quote = prefixed ? 1 : 0;
    return rest_.size() > quote && (rest_[quote] == '\'' || rest_[quote] == '"');
  }

  /// One or more adjacent string literals, joined.
  std::optional<LiteralValue> ReadStrings() {
    LiteralValue value;
    while (AtString()) {
      if (!ReadString(value.text)) return std::nullopt;
      SkipSpace();
    }
    return value;
  }

  bool ReadString(std::string& out) {
    const bool raw = rest_[0] == 'r' || rest_[0] == 'R';
    if (rest_[0] != '\'' && rest_[0] != '"') rest_.remove_prefix(1);
    const std::string one(1, rest_[0]);
    const std::string three(3, rest_[0]);
    const bool triple = rest_.starts_with(three);
    const std::string& quotes = triple ? three : one;
    Take(quotes);
    while (!rest_.empty()) {
      if (Take(quotes)) return true;
      const char c = rest_[0];
      if (!triple && (c == '\n' || c == '\r')) return false;
      rest_.remove_prefix(1);
      if (c != '\\') {
        out += c;
      } else if (raw) {
        if (rest_.empty()) return false;
        out += c;
        out += rest_[0];
        rest_.remove_prefix(1);
      } else if (!ReadEscape(out)) {
        return false;
      }
    }
    return false;
  }

  /// What follows a backslash.
  bool ReadEscape(std::string& out) {
    if (rest_.empty()) return false;
    const char c = rest_[0];
    if (c >= '0' && c <= '7') return ReadCodePoint(8, 1, 3, out);
    rest_.remove_prefix(1);
    constexpr std::string_view kNames = "abfnrtv\\'\"";
    constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\'\"";
    if (const std::size_t i = kNames.find(c); i != std::string_view::npos) {
      out += kValues[i];
      return true;
    }
    if (c == '\n') return true;  // a joined line
    if (c == 'x') return ReadCodePoint(16, 2, 2, out);
    if (c == 'u') return ReadCodePoint(16, 4, 4, out);
    if (c == 'U') return ReadCodePoint(16, 8, 8, out);
    if (c == 'N') return false;
    out += '\\';  // an unknown escape keeps its backslash
    out += c;
    return true;
  }

  bool ReadCodePoint(int base, std::size_t min_digits, std::size_t max_digits, std::string& out) {
    std::uint32_t value = 0;
    const std::size_t available = std::min(max_digits, rest_.size());
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + available, value, base);
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc() || digits < min_digits) return false;
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
    AppendUtf8(value, out);
    rest_.remove_prefix(digits);
    return true;
  }

  // --- numbers ---

  std::optional<LiteralValue> ReadNumber() {
    bool negative = false;
    while (!rest_.empty() && (rest_[0] == '+' || rest_[0] == '-')) {
      negative ^= rest_[0] == '-';
      rest_.remove_prefix(1);
      SkipSpace();
    }
    std::size_t length = 0;
    const auto sign_of_exponent = [&](std::size_t i) {
      return i > 0 && (rest_[i] == '+' || rest_[i] == '-') && (rest_[i - 1] == 'e' || rest_[i - 1] == 'E');
    };
    while (length < rest_.size() &&
           (IsWordCharacter(rest_[length]) || rest_[length] == '.' || sign_of_exponent(length))) {
      ++length;
    }
    const std::string_view token = rest_.substr(0, length);
    if (token.empty() || !(token[0] == '.' || (token[0] >= '0' && token[0] <= '9'))) return std::nullopt;
    rest_.remove_prefix(length);
    std::optional<LiteralValue> value = ReadUnsigned(token);
    if (!value || !negative || value->text == "0") return value;
    std::string signed_text = "-";
    signed_text += value->text;
    return LiteralValue{value->kind, std::move(signed_text)};
  }

  static std::optional<LiteralValue> ReadUnsigned(std::string_view token) {
    if (std::any_of(token.begin(), token.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
      return std::nullopt;
    }
    if (token.size() > 2 && token[0] == '0') {
      const char letter = token[1];
      if (letter == 'x' || letter == 'X') return ReadBased(token.substr(2), 16);
      if (letter == 'o' || letter == 'O') return ReadBased(token.substr(2), 8);
      if (letter == 'b' || letter == 'B') return ReadBased(token.substr(2), 2);
    }
    if (const auto integer = ParseInt(token)) {
      const bool leading_zero = token[0] == '0' && token.find_first_not_of("0_") != std::string_view::npos;
      if (leading_zero) return std::nullopt;
      return LiteralValue{Kind::kInteger, *integer};
    }
    const auto number = ParseFloat(token);
    if (!number) return std::nullopt;
    return LiteralValue{Kind::kFloat, FloatRepr(*number)};
  }

  /// Digits of base 16, 8 or 2 with single `_` before or between them.
  static std::optional<LiteralValue> ReadBased(std::string_view digits, int base) {
    std::string plain;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      if (digits[i] != '_') {
        plain += digits[i];
      } else if (i + 1 == digits.size() || digits[i + 1] == '_') {
        return std::nullopt;
      }
    }
    std::uint64_t value = 0;
    const char* const plain_end = plain.data() + plain.size();
    const auto [end, error] = std::from_chars(plain.data(), plain_end, value, base);
    if (error != std::errc() || end != plain_end) return std::nullopt;
    return LiteralValue{Kind::kInteger, std::to_string(value)};
  }

  std::string_view rest_;
};

}  // namespace

AnswerCell ParseAnswerCell(std::string_view cell) {
  if (auto list = ListReader(cell).ReadWhole()) return {true, std::move(*list)};
  return {false, {LiteralValue{Kind::kText, std::string(cell)}}};
}

}  // namespace tessera::metrics
