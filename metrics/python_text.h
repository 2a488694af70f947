// Text and number semantics of Python 3.11 (Unicode 14) that the published scorers rely on. All texts are UTF-8; an
// ill-formed byte counts as U+FFFD.
// Source: CPython str, int, float; protocol/common_text_and_judge.md section 2.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::metrics {

/// The code points of `text`.
std::u32string CodePoints(std::string_view text);

/// len(text): the number of code points.
std::size_t CodePointCount(std::string_view text);

/// Appends `code_point` to `out` as UTF-8. It must be a Unicode scalar value.
void AppendUtf8(char32_t code_point, std::string& out);

/// Unicode white space as str.strip() and the regular expression `\s` take it; U+200B and U+FEFF are not.
bool IsWhiteSpace(char32_t code_point);

/// What the regular expression `\d` takes: the decimal digits of all scripts.
bool IsDecimalDigit(char32_t code_point);

/// text.strip()
std::string_view Strip(std::string_view text);

/// text.split()
std::vector<std::string> SplitWhiteSpace(std::string_view text);

/// text.lower(): full lower-casing with the final sigma rule; not case folding.
std::string Lower(std::string_view text);

/// len(text.upper()): the number of code points, but some count for two or three (U+00DF becomes SS).
std::size_t UpperLength(std::string_view text);

/// text.replace(from, to): every `from`, which must not be empty, from left to right.
std::string Replace(std::string_view text, std::string_view from, std::string_view to);

/// True when `text` holds a character in U+4E00-9FFF: how VLMEvalKit tells a Chinese question.
bool HasChinese(std::string_view text);

/// float(text): white space around, sign, digits of any script, `_` between digits, exponent, inf, infinity, nan in any
/// case. nullopt where Python raises ValueError.
std::optional<double> ParseFloat(std::string_view text);

/// str(int(text)): as ParseFloat, integers of up to 4300 digits. nullopt where Python raises ValueError.
std::optional<std::string> ParseInt(std::string_view text);

/// repr(value): the shortest text that reads back as `value`, with `.0` or an exponent.
std::string FloatRepr(double value);

/// The double nearest to an ASCII decimal such as "-1.5e3"; infinite on overflow, 0 on underflow. The text must be
/// digits with at most one point, one exponent and a leading minus.
double NearestDouble(const std::string& decimal);

}  // namespace tessera::metrics
