// Quantities as people read them.
#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// "12.003 TFLOP": three decimals and the decimal prefix that fits, up to exa.
std::string ScaledText(double value, std::string_view unit);

/// "2:07", "13:02:07".
std::string DurationText(double seconds);

}  // namespace tessera
