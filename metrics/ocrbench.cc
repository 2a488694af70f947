#include "metrics/ocrbench.h"

#include <algorithm>

#include "metrics/python_text.h"

namespace tessera::metrics {
namespace {

std::string Prepare(std::string_view raw, OcrBenchText text) {
  if (text == OcrBenchText::kPlain) {
    const std::string lower = Lower(raw);
    std::string plain(Strip(lower));
    std::replace(plain.begin(), plain.end(), '\n', ' ');
    return plain;
  }
  std::string formula(Strip(raw));
  std::erase_if(formula, [](char c) { return c == '\n' || c == ' '; });
  return formula;
}

}  // namespace

double OcrBenchHit(std::string_view answer, std::span<const std::string> references, OcrBenchText text) {
  const std::string prepared = Prepare(answer, text);
  const bool hit = std::any_of(references.begin(), references.end(), [&](const std::string& reference) {
    return prepared.find(Prepare(reference, text)) != std::string::npos;
  });
  return hit ? 1 : 0;
}

}  // namespace tessera::metrics
