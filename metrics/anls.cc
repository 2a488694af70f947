#include "metrics/anls.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

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

std::size_t EditDistance(const std::u32string& a, const std::u32string& b) {
  std::vector<std::size_t> row(b.size() + 1);  // distances of a's first i code points to each start of b
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substituted}));
    }
  }
  return row.back();
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
