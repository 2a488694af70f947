// Rounding and whole numbers as CPython and numpy do them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera::metrics {

/// "{:.Nf}".format(value): the exact binary value rounded to `digits` decimals, ties to even. `digits` is 0 to 300;
/// throws std::invalid_argument otherwise, as all of these do.
std::string FixedText(double value, int digits);

/// round(value, digits): the double nearest to FixedText. Infinities and nan stay.
double PythonRound(double value, int digits);

/// numpy.round(value, digits): scaled by 10^digits, rounded to even, scaled back. 0.65 to one decimal is 0.6 here and
/// 0.7 in PythonRound.
double NumpyRound(double value, int digits);

/// str(int(value)): truncated towards zero, all digits exact. nullopt for infinities and nan, where Python raises.
std::optional<std::string> TruncatedText(double value);

}  // namespace tessera::metrics
