#include "metrics/vqa_accuracy.h"

#include <algorithm>
#include <stdexcept>

#include "metrics/python_text.h"
#include "metrics/vqa_tables.h"
#include "metrics/vqa_text.h"

namespace tessera::metrics {
namespace {

/// What `table` says for `word`; the word itself when it is not there.
std::string LookUp(std::span<const WordPair> table, const std::string& word) {
  const auto pair = std::find_if(table.begin(), table.end(), [&](const WordPair& p) { return p.from == word; });
  return pair == table.end() ? word : std::string(pair->to);
}

bool IsArticle(const std::string& word) {
  return std::find(Articles().begin(), Articles().end(), word) != Articles().end();
}

}  // namespace

std::string NormaliseVqaAnswer(std::string_view text, VqaRules rules) {
  std::string cleaned(text);
  if (rules == VqaRules::kInternVl) {
    cleaned = Replace(Replace(Lower(text), ",", ""), "?", "");
    cleaned = Strip(Replace(cleaned, "'s", " 's"));
  }
  cleaned = Strip(Replace(Replace(cleaned, "\n", " "), "\t", " "));
  const bool keeps_period = rules == VqaRules::kVlmEvalKit2026;
  cleaned = RemoveVqaPunctuation(cleaned, keeps_period ? PeriodRule::kBesideNoDigit : PeriodRule::kBeforeNoDigit);
  std::string joined;
  for (const std::string& word : SplitWhiteSpace(Lower(cleaned))) {
    const std::string digits = LookUp(NumberWords(), word);
    if (IsArticle(digits)) continue;
    if (!joined.empty()) joined += ' ';
    joined += LookUp(Contractions(), digits);
  }
  return joined;
}

double VqaAccuracy(std::string_view answer, std::span<const std::string> references) {
  if (references.empty()) throw std::invalid_argument("VqaAccuracy: no references");
  const auto equal = std::count(references.begin(), references.end(), answer);
  double sum = 0;
  for (const std::string& reference : references) {
    const auto others = equal - (reference == answer ? 1 : 0);
    sum += std::min(1.0, static_cast<double>(others) / 3);
  }
  return sum / static_cast<double>(references.size());
}

}  // namespace tessera::metrics
