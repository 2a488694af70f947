// Word characters of regular expressions, as CPython 3.11 (Unicode 14) counts them.
#pragma once

namespace tessera::metrics {

/// True when `\w` matches: letters, digits and other numeric characters of all scripts, and the underscore.
bool IsWordCharacter(char32_t code_point);

}  // namespace tessera::metrics
