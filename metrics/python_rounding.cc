#include "metrics/python_rounding.h"

#include <charconv>
#include <cmath>
#include <stdexcept>

#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

void RequireDigits(int digits) {
  if (digits < 0 || digits > 300) throw std::invalid_argument("round: expected 0 to 300 decimals");
}

}  // namespace

std::string FixedText(double value, int digits) {
  RequireDigits(digits);
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char text[640];  // 309 digits, a point, 300 decimals
  const auto [end, error] = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, digits);
  return std::string(text, end);
}

double PythonRound(double value, int digits) {
  RequireDigits(digits);
  return std::isfinite(value) ? NearestDouble(FixedText(value, digits)) : value;
}

double NumpyRound(double value, int digits) {
  RequireDigits(digits);
  const double scale = std::pow(10.0, digits);
  return std::nearbyint(value * scale) / scale;
}

std::optional<std::string> TruncatedText(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  const double whole = std::trunc(value);
  return whole == 0 ? "0" : FixedText(whole, 0);
}

}  // namespace tessera::metrics
