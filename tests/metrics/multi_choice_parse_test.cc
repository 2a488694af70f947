#include "metrics/multi_choice_parse.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace tessera::metrics {
namespace {

const std::vector<Option> kOptions = {{"A", "a cat"}, {"B", "a dog"}, {"C", "The Moon"}, {"D", "12"}};

TEST(ParseMultiChoice, FollowsTheHandCheckedTable) {
  struct Case {
    const char* answer;
    std::optional<std::string> letter;
  };
  for (const Case& c : {
           Case{"A", "A"},
           Case{"A.", "A"},
           Case{"'B'", "B"},
           Case{"!B?!", "B"},
           Case{"!B!?", std::nullopt},  // the marks are taken off in turn, ! before ?
           Case{"(C)", "C"},
           Case{"The answer is (C).", "C"},
           Case{"(A) or (B)", "B"},
           Case{"(B), not (A), surely (B)", "B"},
           Case{"(A) is wrong, D is right", "A"},  // a bracket outranks a word
           Case{"I choose A over B", "B"},
           Case{"A, B", "B"},
           Case{"B A", "A"},
           Case{"A\n", std::nullopt},
           Case{"A\t", std::nullopt},
           Case{"a", std::nullopt},
           Case{"(a)", std::nullopt},
           Case{"E", std::nullopt},
           Case{"Answer:A", std::nullopt},
           Case{"", std::nullopt},
           Case{"it is the moon", std::nullopt},  // too short for a search by text
           Case{"I think that it is the moon", "C"},
           Case{"a dog and then a cat, I would say", "A"},
           Case{"there are twelve, that is 12, of them", "D"},
           Case{"I have no idea at all, sorry", std::nullopt},
       }) {
    EXPECT_EQ(ParseMultiChoice(c.answer, kOptions), c.letter) << c.answer;
  }
}

TEST(ParseMultiChoice, TheFirstOfEqualTextsWins) {
  const std::vector<Option> twins = {{"A", "same"}, {"B", "same"}};
  EXPECT_EQ(ParseMultiChoice("well I do say the same", twins), "A");
}

TEST(ParseMultiChoice, AnEmptyOptionTextIsFoundAtTheEnd) {
  const std::vector<Option> options = {{"A", "cat"}, {"B", ""}};
  EXPECT_EQ(ParseMultiChoice("one two three four five a cat", options), "B");
}

}  // namespace
}  // namespace tessera::metrics
