#include "harness/runner/sanity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::optional<FrequentAnswer> MostFrequentOf(const std::vector<std::string>& answers) {
  std::vector<SampleRecord> records;
  for (const std::string& answer : answers) records.push_back({.answers = {"first turn", answer}});
  records.push_back({.failure = Failure{}});
  std::vector<const SampleRecord*> samples;
  for (const SampleRecord& record : records) samples.push_back(&record);
  return MostFrequentAnswer(samples);
}

BenchmarkReport WithPaper(double value, double difference) {
  return {.paper = PaperComparison{.value = value, .difference = difference}};
}

TEST(MostFrequentAnswer, CountsLastTurnsWithoutWhiteSpace) {
  const auto found = MostFrequentOf({"A", "B", " B\n", "B."});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->text, "B");
  EXPECT_EQ(found->count, 2);
}

TEST(MostFrequentAnswer, OfSeveralIsTheFirstGiven) { EXPECT_EQ(MostFrequentOf({"z", "a", "a", "z"})->text, "z"); }

TEST(MostFrequentAnswer, IsNeverAnEmptyOne) {
  EXPECT_EQ(MostFrequentOf({"", " ", "x"})->text, "x");
  EXPECT_FALSE(MostFrequentOf({"", "\n"}));
}

TEST(Alarms, AreRaisedAboveEachThresholdOnly) {
  BenchmarkReport report{.scored = 100,
                         .undecided = 10,
                         .empty = 5,
                         .hit_limit = 10,
                         .answered = 100,
                         .most_frequent = FrequentAnswer{"yes", 80}};
  EXPECT_THAT(Alarms(report), IsEmpty());
  report.undecided = report.hit_limit = 11;
  report.empty = 6;
  report.most_frequent->count = 81;
  EXPECT_THAT(Alarms(report),
              ElementsAre("6 of 100 answers (6.0 %) are empty; expected at most 5 %",
                          "11 of 100 answers (11.0 %) are cut off by the token limit; expected at most 10 %",
                          "11 of 100 answers (11.0 %) could not be read by the rules; expected at most 10 %",
                          "81 of 100 answers (81.0 %) are the same; expected at most 80 %"));
}

TEST(Alarms, NeedEnoughAnswers) {
  EXPECT_THAT(Alarms({.empty = 19, .answered = 19}), IsEmpty());
  EXPECT_THAT(Alarms({.empty = 20, .answered = 20}), testing::SizeIs(1));
}

TEST(Alarms, AreRaisedFarBelowThePaperOnTheSameSamplesOnly) {
  EXPECT_THAT(Alarms(WithPaper(80, -16)), IsEmpty());
  EXPECT_THAT(Alarms(WithPaper(80, -16.5)), ElementsAre("the score is 63.50, more than 20 % below the paper's 80.00"));
  EXPECT_THAT(Alarms(WithPaper(80, 30)), IsEmpty());
  EXPECT_THAT(Alarms({.paper = PaperComparison{.value = 80}}), IsEmpty());
}

TEST(Alarms, HoldForPointsAsForPercent) {
  EXPECT_THAT(Alarms(WithPaper(2000, -300)), IsEmpty());
  EXPECT_THAT(Alarms(WithPaper(2000, -500)), testing::SizeIs(1));
}

}  // namespace
}  // namespace tessera
