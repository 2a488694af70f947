#include "harness/runner/build_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::Contains;
using testing::HasSubstr;

RunRecord FakeRun(const std::string& split = "test") {
  return {.benchmarks = {{.name = "fake",
                          .split = split,
                          .format = "official",
                          .recipe = {.name = "paper"},
                          .scoring = "exact",
                          .samples = 4}}};
}

SampleRecord Answered(const std::string& id, const std::string& answer) {
  return {.benchmark = "fake",
          .sample = {.id = id, .split = "test", .questions = {"?"}, .references = {"yes"}},
          .answers = {answer},
          .tiles = 3};
}

SampleRecord Failed(const std::string& id) {
  SampleRecord record = Answered(id, "");
  record.answers.clear();
  record.failure = Failure{.sample_id = id, .stage = Stage::kLoadImage, .message = "no picture"};
  return record;
}

BenchmarkReport ReportOf(const std::vector<SampleRecord>& samples, const RunRecord& run = FakeRun()) {
  return ScoreRun(run, samples, "", FindFake, NoJudge()).report.benchmarks.at(0);
}

TEST(ScoreRun, FailedSampleIsUnscoredAndStaysOutOfTheMean) {
  const BenchmarkReport report =
      ReportOf({Answered("1", "yes"), Answered("2", "no"), Failed("3"), Answered("4", "yes")});
  EXPECT_EQ(report.scored, 3);
  EXPECT_EQ(report.unscored, 1);
  EXPECT_NEAR(*report.scores[0].value, 200.0 / 3, 1e-12);
}

TEST(ScoreRun, SampleThatWasNotAskedIsUnscored) {
  const BenchmarkReport report = ReportOf({Answered("1", "yes")});
  EXPECT_EQ(report.samples, 4);
  EXPECT_EQ(report.unscored, 3);
}

TEST(ScoreRun, UndecidedAnswersGiveTheRangeOfTheScore) {
  const BenchmarkReport report =
      ReportOf({Answered("1", "yes"), Answered("2", "unclear"), Answered("3", "no"), Answered("4", "no")});
  EXPECT_EQ(report.undecided, 1);
  ASSERT_TRUE(report.undecided_range);
  EXPECT_DOUBLE_EQ(report.undecided_range->low, 25);
  EXPECT_DOUBLE_EQ(report.undecided_range->high, 50);
}

TEST(ScoreRun, CountsEmptyAndCutOffAnswers) {
  SampleRecord cut_off = Answered("1", "yes and so on");
  cut_off.hit_token_limit = true;
  const BenchmarkReport report = ReportOf({cut_off, Answered("2", " \n"), Failed("3")});
  EXPECT_EQ(report.answered, 2);
  EXPECT_EQ(report.empty, 1);
  EXPECT_EQ(report.hit_limit, 1);
}

TEST(ScoreRun, RaisesAlarmsOverItsAnswers) {
  std::vector<SampleRecord> samples;
  for (int i = 0; i < 30; ++i) samples.push_back(Answered(std::to_string(i), "no"));
  const BenchmarkReport report = ReportOf(samples);
  ASSERT_TRUE(report.most_frequent);
  EXPECT_EQ(report.most_frequent->text, "no");
  EXPECT_THAT(report.alarms, Contains(HasSubstr("30 of 30 answers (100.0 %) are the same")));
}

TEST(ScoreRun, ComparesWithThePaperOverTheSameNumberOfSamplesOnly) {
  EXPECT_FALSE(ReportOf({Answered("1", "yes"), Answered("2", "yes")}).paper->difference);
}

TEST(ScoreRun, ComparesWithThePaperOnTheSameSplitOnly) {
  const std::vector<SampleRecord> samples = {Answered("1", "yes")};
  EXPECT_DOUBLE_EQ(*ReportOf(samples).paper->difference, 50);
  const BenchmarkReport dev = ReportOf(samples, FakeRun("dev"));
  ASSERT_TRUE(dev.paper);
  EXPECT_EQ(dev.paper->split, "test");
  EXPECT_FALSE(dev.paper->difference);
}

TEST(ScoreRun, AnotherScoringIsADeviation) {
  const ScoredRun run = ScoreRun(FakeRun(), {Answered("1", "no")}, "all-right", FindFake, NoJudge());
  EXPECT_DOUBLE_EQ(*run.report.benchmarks[0].scores[0].value, 100);
  EXPECT_THAT(run.report.benchmarks[0].deviations, Contains("scoring all-right instead of exact"));
}

TEST(ScoreRun, AllGivesEveryScoring) {
  const ScoredRun run = ScoreRun(FakeRun(), {Answered("1", "no")}, "all", FindFake, NoJudge());
  ASSERT_EQ(run.report.benchmarks.size(), 2u);
  EXPECT_EQ(run.report.benchmarks[1].scoring, "all-right");
}

TEST(ScoreRun, UnknownScoringIsAUsageErrorThatNamesTheOthers) {
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [] { ScoreRun(FakeRun(), {}, "exakt", FindFake, NoJudge()); }),
              HasSubstr("exact, all-right, all"));
}

TEST(ScoreRun, SampleOfAnUnknownBenchmarkIsAnInputError) {
  SampleRecord stray = Answered("1", "yes");
  stray.benchmark = "stray";
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ScoreRun(FakeRun(), {stray}, "", FindFake, NoJudge()); }),
              HasSubstr("stray"));
}

TEST(ScoreRun, SampleThatTheScoringRefusesIsUnscored) {
  SampleRecord refused = Answered("1", "yes");
  refused.sample.references = {"throw"};
  EXPECT_EQ(ReportOf({refused, Answered("2", "yes")}).scored, 1);
}

TEST(ScoreRun, AddsUpTokensTilesAndTimes) {
  SampleRecord one = Answered("1", "yes");
  one.prompt_tokens = 100;
  one.new_tokens = 5;
  one.timing.decode_s = 0.5;
  const Report report = ScoreRun(FakeRun(), {one, one}, "", FindFake, NoJudge()).report;
  EXPECT_EQ(report.prompt_tokens, 200);
  EXPECT_EQ(report.new_tokens, 10);
  EXPECT_EQ(report.tiles, 6);
  EXPECT_EQ(report.stages.back().stage, "decode");
  EXPECT_DOUBLE_EQ(report.stages.back().seconds, 1.0);
}

TEST(ScoreRun, ScoringsSideBySideShowTheSamplesOnWhichTheyDisagree) {
  const std::vector<SampleRecord> samples = {Answered("1", "yes"), Answered("2", "no"), Failed("3")};
  const Report report = ScoreRun(FakeRun(), samples, "all", FindFake, NoJudge()).report;
  ASSERT_EQ(report.comparisons.size(), 1u);
  const ScoringComparison& comparison = report.comparisons[0];
  EXPECT_THAT(comparison.scorings, testing::ElementsAre("exact", "all-right"));
  EXPECT_EQ(comparison.samples, 3);
  ASSERT_EQ(comparison.disagree.size(), 1u);
  EXPECT_EQ(comparison.disagree[0].sample_id, "2");
  EXPECT_EQ(comparison.disagree[0].answer, "no");
  EXPECT_EQ(comparison.disagree[0].readings[0].value, 0);
  EXPECT_EQ(comparison.disagree[0].readings[1].value, 1);
}

TEST(ScoreRun, OneScoringHasNothingToCompare) {
  EXPECT_TRUE(ScoreRun(FakeRun(), {Answered("1", "yes")}, "", FindFake, NoJudge()).report.comparisons.empty());
}

}  // namespace
}  // namespace tessera
