#include "model/generate/text_stream.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tessera {
namespace {

std::vector<std::string> Pieces(const std::vector<std::string>& texts) {
  std::vector<std::string> pieces;
  TextStream stream([&](std::string_view piece) { pieces.emplace_back(piece); });
  for (std::size_t i = 0; i + 1 < texts.size(); ++i) stream.Update(texts[i]);
  stream.Finish(texts.back());
  return pieces;
}

TEST(TextStream, PiecesAddUpToTheText) {
  EXPECT_EQ(Pieces({"The", "The answer", "The answer is 4", "The answer is 4."}),
            (std::vector<std::string>{"The", " answer", " is", " 4."}));
}

TEST(TextStream, HoldsBackWhatCleanUpMayRewrite) {
  EXPECT_EQ(Pieces({"I do", "I do n", "I don't", "I don't"}), (std::vector<std::string>{"I", " do", "n't"}));
}

TEST(TextStream, HoldsBackIncompleteCharacters) {
  EXPECT_EQ(Pieces({"abc\xEF\xBF\xBD", "abc\xE4\xB8\xAD", "abc\xE4\xB8\xAD"}),
            (std::vector<std::string>{"abc", "\xE4\xB8\xAD"}));
}

}  // namespace
}  // namespace tessera
