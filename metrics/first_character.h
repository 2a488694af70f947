// SEED-Bench's reading of an answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera::metrics {

/// The first code point of `answer`; nothing is stripped or folded, so "Cat" is C and " B" is a blank. nullopt for an
/// empty answer, where the reference raises IndexError. Source: InternVL eval/seed/calculation.py.
std::optional<std::string> FirstCharacter(std::string_view answer);

}  // namespace tessera::metrics
