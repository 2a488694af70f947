#include "model/generate/text_stream.h"

namespace tessera {

std::size_t TextStream::SettledLength(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  constexpr std::size_t kLongestCleanUp = 4;  // " n't"
  while (text.ends_with(kReplacement)) text.remove_suffix(kReplacement.size());
  const std::size_t space = text.rfind(' ');
  if (space != std::string_view::npos && text.size() - space < kLongestCleanUp) return space;
  return text.size();
}

void TextStream::Emit(const std::string& text, std::size_t end) {
  if (end <= emitted_) return;
  sink_(std::string_view(text).substr(emitted_, end - emitted_));
  emitted_ = end;
}

}  // namespace tessera
