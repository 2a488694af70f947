#include "benchmarks/judge.h"

namespace tessera {

std::string JudgeText(const JudgeTexts& texts, std::string_view name, std::string_view own) {
  const auto text = texts.find(name);
  return text == texts.end() ? std::string(own) : text->second;
}

std::string FillSlots(std::string_view text, const std::map<std::string, std::string, std::less<>>& values) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    filled += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    const auto value = close == std::string_view::npos ? values.end() : values.find(text.substr(1, close - 1));
    if (value == values.end()) {
      filled += '{';
      text.remove_prefix(1);
    } else {
      filled += value->second;
      text.remove_prefix(close + 1);
    }
  }
  return filled;
}

}  // namespace tessera
