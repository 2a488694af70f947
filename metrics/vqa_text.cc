#include "metrics/vqa_text.h"

#include "metrics/python_text.h"
#include "metrics/vqa_tables.h"

namespace tessera::metrics {
namespace {

constexpr int kMaxPeriods = 32;

bool HasCommaBetweenDigits(const std::u32string& text) {
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == U',' && IsDecimalDigit(text[i - 1]) && IsDecimalDigit(text[i + 1])) return true;
  }
  return false;
}

std::string DeletePeriods(std::string_view text, PeriodRule rule) {
  const std::u32string characters = CodePoints(text);
  std::string kept;
  int deleted = 0;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const bool digit_before = i > 0 && IsDecimalDigit(characters[i - 1]);
    const bool digit_after = i + 1 < characters.size() && IsDecimalDigit(characters[i + 1]);
    const bool is_loose = !digit_after && (rule == PeriodRule::kBeforeNoDigit || !digit_before);
    if (characters[i] == U'.' && is_loose && deleted < kMaxPeriods) {
      ++deleted;
    } else {
      AppendUtf8(characters[i], kept);
    }
  }
  return kept;
}

}  // namespace

std::string RemoveVqaPunctuation(std::string_view text, PeriodRule rule) {
  const bool delete_all = HasCommaBetweenDigits(CodePoints(text));
  std::string cleaned(text);
  for (const char mark : PunctuationMarks()) {
    const bool touches_blank = text.find(std::string{mark, ' '}) != std::string_view::npos ||
                               text.find(std::string{' ', mark}) != std::string_view::npos;
    cleaned = Replace(cleaned, {&mark, 1}, touches_blank || delete_all ? "" : " ");
  }
  return DeletePeriods(cleaned, rule);
}

}  // namespace tessera::metrics
