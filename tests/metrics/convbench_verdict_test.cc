#include "metrics/convbench_verdict.h"

#include <gtest/gtest.h>

#include <vector>

namespace tessera::metrics {
namespace {

char Letter(std::optional<char> letter) { return letter.value_or('-'); }

TEST(ConvBenchVerdict, IsTheOnlyResponseCalledBetter) {
  struct Case {
    const char* text;
    char letter;
  };
  for (const Case& c : {Case{"Overall, Response A is better.", 'A'},
                        {"Overall, Response B is better.", 'B'},
                        {"RESPONSE B IS BETTER", 'B'},
                        {"Response A is better than Response B", 'A'},
                        {"Response B is betterment", 'B'},
                        {"Response A is better, yes: response a is better", 'A'},
                        {"Rating:B. Response A is better", 'A'},
                        {"I think Response B is better, since Response A is not better.", 'B'},
                        {"Response A is not better", '-'},
                        {"Response A is slightly better", '-'},
                        {"Response A is  better", '-'},
                        {"Response A\nis better", '-'},
                        {"Assistant A is better", '-'},
                        {"Response A is better. Response B is better.", '-'},
                        {"Response \"A\" is better.", '-'},
                        {"Response А is better", '-'},  // Cyrillic
                        {"Response Ａ is better", '-'},
                        {"both are equal", '-'},
                        {"", '-'}}) {
    EXPECT_EQ(Letter(ReadConvBenchVerdict(c.text)), c.letter) << c.text;
  }
}

TEST(ConvBenchExtraction, IsExactAndNamesOneResponse) {
  struct Case {
    const char* text;
    char letter;
  };
  for (const Case& c : {Case{"Final Answer: Response A", 'A'},
                        {"So: Final Answer: Response B.", 'B'},
                        {"Final Answer: Response AB", 'A'},
                        {"Final Answer: Response Both", 'B'},
                        {"final answer: response a", '-'},
                        {"Final Answer:Response A", '-'},
                        {"Final Answer: A", '-'},
                        {"Final Answer: Response A or Final Answer: Response B", '-'},
                        {"", '-'}}) {
    EXPECT_EQ(Letter(ReadConvBenchExtraction(c.text)), c.letter) << c.text;
  }
}

TEST(ConvBenchRating, IsStrippedOnceOfBlanksAndPunctuation) {
  struct Case {
    const char* text;
    char letter;
  };
  for (const Case& c : {Case{"Rating:A", 'A'},
                        {"Rating: B.", 'B'},
                        {"Rating:  A  ", 'A'},
                        {"Rating:(A)", 'A'},
                        {"Rating:**B**", 'B'},
                        {"x Rating:A\nRating:B", 'A'},
                        {"Rating:\nA", 'C'},
                        {"Rating: (A) .", 'C'},  // a blank is left after the second strip
                        {"Rating: a", 'C'},
                        {"rating:A", 'C'},
                        {"Rating:A or B", 'C'},
                        {"Rating: C", 'C'},
                        {"Response A is better", 'C'},
                        {"", 'C'}}) {
    EXPECT_EQ(ReadConvBenchRating(c.text), c.letter) << c.text;
  }
}

TEST(ConvBenchGrade, IsAWholeNumberFromOneToTen) {
  struct Case {
    const char* text;
    int grade;
  };
  for (const Case& c : {Case{"Rating:{5}", 5},
                        {"Rating: 3.", 3},
                        {"so\nRating: 10\nmore", 10},
                        {"Rating:{{7}}", 7},
                        {"Rating: 0", 0},
                        {"Rating: 11", 0},
                        {"Rating: 7.5", 0},
                        {"Rating: 07", 0},
                        {"Rating: 7/10", 0},
                        {"Rating: seven", 0},
                        {"7", 0}}) {
    EXPECT_EQ(ReadConvBenchGrade(c.text).value_or(0), c.grade) << c.text;
  }
  EXPECT_EQ(ReadConvBenchFinalGrade("Final Rating: 8"), 8);
  EXPECT_EQ(ReadConvBenchFinalGrade("Rating: 8"), std::nullopt);
}

TEST(ConvBenchWinRates, CountTheModelsLetter) {
  ConvBenchDialogue dialogue{.model = 'B'};
  dialogue.verdicts[0] = {'B', ""};
  dialogue.verdicts[1] = {'A', "Rating: B"};           // a verdict is not tried again
  dialogue.verdicts[2] = {std::nullopt, "Rating: B"};  // a missing one is
  dialogue.verdicts[3] = {std::nullopt, "Rating: C"};
  const ConvBenchScores scores = ConvBenchWinRates(std::vector{dialogue}, 2);
  EXPECT_EQ(scores.s1, 0.5);
  EXPECT_EQ(scores.s2, 0);
  EXPECT_EQ(scores.s3, 0.5);
  EXPECT_EQ(scores.s0, 0);
  EXPECT_DOUBLE_EQ(scores.r2, 1.0 / 3);
  EXPECT_DOUBLE_EQ(scores.r1, 1.0 / 6);
}

TEST(ConvBenchScores, GiveThePublishedMeans) {
  const ConvBenchScores pairwise = WithMeans(150 / 5.77, 100 / 5.77, 100 / 5.77, 87 / 5.77);
  EXPECT_NEAR(pairwise.r2, 20.22, 0.005);
  EXPECT_NEAR(pairwise.r1, 17.65, 0.005);
  const ConvBenchScores direct = WithMeans(6.11, 5.93, 5.25, 5.43);
  EXPECT_NEAR(direct.r2, 5.76, 0.005);
  EXPECT_NEAR(direct.r1, 5.60, 0.005);
}

}  // namespace
}  // namespace tessera::metrics
