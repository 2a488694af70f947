#include "metrics/first_character.h"

#include "metrics/python_text.h"

namespace tessera::metrics {

std::optional<std::string> FirstCharacter(std::string_view answer) {
  const std::u32string characters = CodePoints(answer);
  if (characters.empty()) return std::nullopt;
  std::string first;
  AppendUtf8(characters.front(), first);
  return first;
}

}  // namespace tessera::metrics
