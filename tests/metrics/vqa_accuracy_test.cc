#include "metrics/vqa_accuracy.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace tessera::metrics {
namespace {

struct Case {
  const char *text, *internvl, *vlmevalkit_2024, *vlmevalkit_2026;
};

void ExpectTexts(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(NormaliseVqaAnswer(c.text, VqaRules::kInternVl), c.internvl) << c.text;
    EXPECT_EQ(NormaliseVqaAnswer(c.text, VqaRules::kVlmEvalKit2024), c.vlmevalkit_2024) << c.text;
    EXPECT_EQ(NormaliseVqaAnswer(c.text, VqaRules::kVlmEvalKit2026), c.vlmevalkit_2026) << c.text;
  }
}

TEST(NormaliseVqaAnswer, LowerCasesAndCollapsesWhiteSpace) {
  ExpectTexts({{"  New\t YORK\n", "new york", "new york", "new york"},
               {"a\u3000b\u00a0c", "b c", "b c", "b c"},
               {"x\u200by", "x\u200by", "x\u200by", "x\u200by"},
               {"", "", "", ""}});
}

TEST(NormaliseVqaAnswer, DropsArticlesAndTurnsNumberWordsToDigits) {
  ExpectTexts({{"The two dogs", "2 dogs", "2 dogs", "2 dogs"},
               {"none", "0", "0", "0"},
               {"Ten of an hour", "10 of hour", "10 of hour", "10 of hour"},
               {"eleven", "eleven", "eleven", "eleven"},
               {"the", "", "", ""},
               {"a-team", "team", "team", "team"}});
}

TEST(NormaliseVqaAnswer, PutsApostrophesIntoContractions) {
  ExpectTexts({{"dont", "don't", "don't", "don't"},
               {"somebody'd", "somebodyd", "somebodyd", "somebodyd"},
               {"Im", "im", "im", "im"},  // the key is in capitals, so it never matches
               {"dog's", "dog 's", "dog's", "dog's"},
               {"let's", "let 's", "let's", "let's"}});
}

TEST(NormaliseVqaAnswer, EachVersionHasItsOwnPunctuation) {
  ExpectTexts({{"2,000.", "2000", "2000", "2000."},
               {"1,000-2,000", "1000 2000", "10002000", "10002000"},
               {"coca,cola", "cocacola", "coca cola", "coca cola"},
               {"a,b", "ab", "b", "b"},
               {"3.", "3", "3", "3."},
               {"5.a", "5a", "5a", "5.a"},
               {"what?now", "whatnow", "what now", "what now"},
               {"U.S.A.", "usa", "usa", "usa"},
               {"$5 100% 12:30 #1", "$5 100% 12:30 #1", "$5 100% 12:30 #1", "$5 100% 12:30 #1"}});
}

double Accuracy(std::string_view answer, std::vector<std::string> references) {
  return VqaAccuracy(answer, references);
}

TEST(VqaAccuracy, GivesAThirdForEachOtherThatAgrees) {
  const double kExpected[] = {0, 0.3, 0.6, 0.9, 1, 1, 1, 1, 1, 1, 1};
  for (std::size_t equal = 0; equal <= 10; ++equal) {
    std::vector<std::string> references(10, "other");
    std::fill_n(references.begin(), equal, std::string("x"));
    EXPECT_NEAR(VqaAccuracy("x", references), kExpected[equal], 1e-12) << equal;
  }
}

TEST(VqaAccuracy, TakesAnyNumberOfReferences) {
  EXPECT_EQ(Accuracy("x", {"x"}), 0);  // nobody else
  EXPECT_NEAR(Accuracy("x", {"x", "x"}), 1 / 3.0, 1e-12);
  EXPECT_NEAR(Accuracy("x", {"x", "y"}), 1 / 6.0, 1e-12);
  EXPECT_NEAR(Accuracy("x", {"x", "x", "x", "y"}), 3 / 4.0, 1e-12);
  EXPECT_EQ(Accuracy("", {"", "", "", ""}), 1);
  EXPECT_EQ(Accuracy("X", {"x", "x", "x", "x"}), 0);  // compared as they are
  EXPECT_THROW(Accuracy("x", {}), std::invalid_argument);
}

}  // namespace
}  // namespace tessera::metrics
