// Pieces of a growing text that will not change any more.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace tessera {

/// Decoding more tokens may still change the end of a text: a character's bytes may be incomplete (U+FFFD), and the
/// clean-up rewrites a space and up to three characters after it. TextStream passes on only what is settled.
class TextStream {
 public:
  explicit TextStream(std::function<void(std::string_view)> sink) : sink_(std::move(sink)) {}

  void Update(const std::string& text) { Emit(text, SettledLength(text)); }
  void Finish(const std::string& text) { Emit(text, text.size()); }

 private:
  static std::size_t SettledLength(std::string_view text);
  void Emit(const std::string& text, std::size_t end);

  std::function<void(std::string_view)> sink_;
  std::size_t emitted_ = 0;
};

}  // namespace tessera
