#include "metrics/exact_match.h"

#include <algorithm>
#include <stdexcept>

#include "metrics/python_text.h"

namespace tessera::metrics {

double ExactMatch(std::string_view answer, std::span<const std::string> references) {
  if (references.empty()) throw std::invalid_argument("exact match needs a reference");
  const std::string wanted = Lower(Strip(answer));
  const bool matches = std::any_of(references.begin(), references.end(),
                                   [&](const std::string& reference) { return Lower(Strip(reference)) == wanted; });
  return matches ? 1 : 0;
}

}  // namespace tessera::metrics
