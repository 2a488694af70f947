#include "metrics/yes_no.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "metrics/python_text.h"
#include "metrics/python_text_tables.h"

namespace tessera::metrics {
namespace {

constexpr std::string_view kPunctuation = ";/[]\"{}()=+\\_-><@`,?!";
constexpr int kMaxPeriods = 32;  // quirk: a flag of the reference lands in the count of re.sub

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  std::string replaced;
  std::size_t start = 0;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, start)) {
    replaced.append(text, start, at - start);
    replaced.append(to);
    start = at + from.size();
  }
  replaced.append(text, start);
  text = std::move(replaced);
}

bool IsDigit(char32_t c) {
  const auto ranges = DecimalDigitRanges();
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const auto& range) { return range.first <= c && c <= range.last; });
}

bool HasCommaBetweenDigits(const std::u32string& text) {
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == U',' && IsDigit(text[i - 1]) && IsDigit(text[i + 1])) return true;
  }
  return false;
}

std::string DeletePeriods(const std::string& text, PeriodRule rule) {
  const std::u32string characters = CodePoints(text);
  std::string kept;
  int deleted = 0;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const bool digit_before = i > 0 && IsDigit(characters[i - 1]);
    const bool digit_after = i + 1 < characters.size() && IsDigit(characters[i + 1]);
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

std::string MmePostProcess(std::string_view answer) {
  std::string text(answer);
  ReplaceAll(text, "\n", "");
  ReplaceAll(text, "不是", "No");
  ReplaceAll(text, "是", "Yes");
  ReplaceAll(text, "否", "No");
  text = Lower(text);
  ReplaceAll(text, "true", "yes");
  ReplaceAll(text, "false", "no");
  std::string kept;
  for (const char32_t c : CodePoints(text)) {
    if (c < 0x4E00 || c > 0x9FA5) AppendUtf8(c, kept);
  }
  return kept;
}

YesNo ParseMmeField(std::string_view field) {
  const std::u32string text = CodePoints(Lower(field));
  const std::u32string start = text.substr(0, 4);
  if (start.find(U"yes") != std::u32string::npos) return YesNo::kYes;
  return start.find(U"no") != std::u32string::npos ? YesNo::kNo : YesNo::kOther;
}

std::string StripPunctuation(std::string_view text, PeriodRule rule) {
  const bool delete_all = HasCommaBetweenDigits(CodePoints(text));
  std::string cleaned(text);
  for (const char mark : kPunctuation) {
    const std::string blank_after = std::string(1, mark) + " ";
    const std::string blank_before = std::string(1, ' ') + mark;
    const bool touches_blank =
        text.find(blank_after) != std::string_view::npos || text.find(blank_before) != std::string_view::npos;
    ReplaceAll(cleaned, {&mark, 1}, touches_blank || delete_all ? "" : " ");
  }
  return DeletePeriods(cleaned, rule);
}

YesNo ExtractYesNo(std::string_view answer, PeriodRule rule) {
  const std::vector<std::string> words = SplitWhiteSpace(StripPunctuation(Lower(answer), rule));
  const bool yes = std::find(words.begin(), words.end(), "yes") != words.end();
  const bool no = std::find(words.begin(), words.end(), "no") != words.end();
  if (yes == no) return YesNo::kOther;
  return yes ? YesNo::kYes : YesNo::kNo;
}

YesNo YesNoOfJudge(std::span<const std::string> replies, PeriodRule rule) {
  for (const std::string& reply : replies.first(std::min<std::size_t>(replies.size(), kMaxYesNoJudgements))) {
    const YesNo answer = ExtractYesNo(reply, rule);
    if (answer != YesNo::kOther) return answer;
  }
  return YesNo::kOther;
}

}  // namespace tessera::metrics
