#include "metrics/yes_no.h"

#include <algorithm>
#include <vector>

#include "metrics/python_text.h"

namespace tessera::metrics {

std::string MmePostProcess(std::string_view answer) {
  std::string text = Replace(answer, "\n", "");
  text = Replace(text, "不是", "No");
  text = Replace(text, "是", "Yes");
  text = Lower(Replace(text, "否", "No"));
  text = Replace(text, "true", "yes");
  text = Replace(text, "false", "no");
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

YesNo ExtractYesNo(std::string_view answer, PeriodRule rule) {
  const std::vector<std::string> words = SplitWhiteSpace(RemoveVqaPunctuation(Lower(answer), rule));
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
