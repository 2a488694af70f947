#include "metrics/anls.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

#include "metrics/edit_distance.h"
#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

/// Stripped, lower-cased, with single blanks between the words.
std::u32string Normalise(std::string_view text) {
  std::string joined;
  for (const std::string& word : SplitWhiteSpace(Lower(text))) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  return CodePoints(joined);
}

}  // namespace

double AnlsDistance(std::string_view answer, std::string_view reference) {
  const std::size_t length = std::max(UpperLength(answer), UpperLength(reference));
  if (length == 0) return 0;
  const std::size_t edits = EditDistance(Normalise(answer), Normalise(reference));
  return static_cast<double>(edits) / static_cast<double>(length);
}

double Anls(std::string_view answer, std::span<const std::string> references, double threshold) {
  if (references.empty()) throw std::invalid_argument("Anls: no references");
  double smallest = std::numeric_limits<double>::infinity();
  for (const std::string& reference : references) smallest = std::min(smallest, AnlsDistance(answer, reference));
  const double similarity = 1 - smallest;
  return similarity < threshold ? 0 : similarity;
}

}  // namespace tessera::metrics
