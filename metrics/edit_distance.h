// Levenshtein distance.
#pragma once

#include <cstddef>
#include <string_view>

namespace tessera::metrics {

/// Insertions, deletions and substitutions of code points that turn `a` into `b`, each at cost 1.
std::size_t EditDistance(std::u32string_view a, std::u32string_view b);

}  // namespace tessera::metrics
