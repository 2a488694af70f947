#include "reports/report_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/sample_report.h"

namespace tessera {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(ScoreText, NamesTheUnit) {
  EXPECT_EQ(ScoreText({.unit = "percent", .value = 83.8}), "83.80 %");
  EXPECT_EQ(ScoreText({.unit = "points", .value = 645}), "645.00 points");
  EXPECT_EQ(ScoreText({.unit = "percent"}), "none");
}

TEST(PaperText, NamesTheSplitWhenItIsAnother) {
  EXPECT_EQ(PaperText(SampleReport().benchmarks[0]), "83.80");
  EXPECT_EQ(PaperText(SampleReport().benchmarks[1]), "82.00 (test split)");
  EXPECT_EQ(PaperText(SampleReport().benchmarks[2]), "-");
}

TEST(DifferenceText, IsSignedOrAbsent) {
  BenchmarkReport report = SampleReport().benchmarks[0];
  report.paper->difference = -1.5;
  EXPECT_EQ(DifferenceText(report), "-1.50");
  EXPECT_EQ(DifferenceText(SampleReport().benchmarks[1]), "-");
}

TEST(Caveats, SayWhatTheScoreIsOver) {
  EXPECT_THAT(Caveats(SampleReport().benchmarks[0]), Contains(HasSubstr("unscored: 2 of 2500")));
}

TEST(Caveats, GiveTheRangeOverUndecidedAnswers) {
  EXPECT_THAT(Caveats(SampleReport().benchmarks[1]), Contains(HasSubstr("between 70.00 and 90.00")));
}

TEST(Caveats, NameEveryDeviation) {
  EXPECT_THAT(Caveats(SampleReport().benchmarks[0]), Contains("deviates from paper: max_tiles 6 instead of 12"));
}

TEST(Caveats, ShowTheMostFrequentAnswerOnOneLine) {
  EXPECT_THAT(Caveats(SampleReport().benchmarks[0]),
              Contains("most frequent answer: \"Yes | no\", 120 of 2499 (4.8 %)"));
}

TEST(Caveats, AreEmptyForACleanResult) { EXPECT_TRUE(Caveats({.samples = 5, .scored = 5, .answered = 5}).empty()); }

TEST(Caveats, WithoutAPaperDeviationsAreFromTheRecipe) {
  BenchmarkReport own = SampleReport().benchmarks[0];
  own.paper.reset();
  EXPECT_THAT(Caveats(own), Contains("deviates from recipe: max_tiles 6 instead of 12"));
}

}  // namespace
}  // namespace tessera
