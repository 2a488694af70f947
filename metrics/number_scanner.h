// Finds numbers in a text, as three regular expressions of MMMU's scorer do. Internal to open_answer.cc.
#pragma once

#include <cstddef>
#include <string_view>

namespace tessera::metrics {

/// These give the end of the number that starts at `start`, or `start` when there is none.

/// -?\b\d{1,3}(?:,\d{3})+\b
std::size_t NumberWithCommas(std::u32string_view text, std::size_t start);

/// -?\d+(?:\.\d+)?[eE][+-]?\d+
std::size_t NumberWithExponent(std::u32string_view text, std::size_t start);

/// -?(?:\d+\.\d+|\.\d+|\d+\b)(?![eE][+-]?\d+)(?![,\d])
std::size_t PlainNumber(std::u32string_view text, std::size_t start);

}  // namespace tessera::metrics
