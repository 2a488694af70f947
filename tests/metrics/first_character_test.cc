#include "metrics/first_character.h"

#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

TEST(FirstCharacter, TakesOneCodePointAsItStands) {
  struct Case {
    const char* answer;
    const char* first;
  };
  for (const Case& c : {
           Case{"B", "B"},
           Case{"B. dog", "B"},
           Case{"Cat", "C"},
           Case{"(B)", "("},
           Case{" B", " "},
           Case{"b", "b"},
           Case{"\uff22!", "\uff22"},
           Case{"\nB", "\n"},
           Case{"\tB", "\t"},
           Case{"\"B\"", "\""},
           Case{"The answer is B", "T"},
           Case{"Answer: B", "A"},  // read as the option A
           Case{"Dogs", "D"},
           Case{"1", "1"},
           Case{"-", "-"},
           Case{"\u00e9t\u00e9", "\u00e9"},
           Case{"e\u0301", "e"},  // the accent is a code point of its own
           Case{"\u7b54\u6848\u662f B", "\u7b54"},
           Case{"\U0001f408 cat", "\U0001f408"},
           Case{"\u200b"
                "B",
                "\u200b"},
           Case{"\ufeff"
                "B",
                "\ufeff"},
       }) {
    EXPECT_EQ(FirstCharacter(c.answer), c.first) << c.answer;
  }
}

TEST(FirstCharacter, OfAnEmptyAnswerIsNone) { EXPECT_EQ(FirstCharacter(""), std::nullopt); }

}  // namespace
}  // namespace tessera::metrics
