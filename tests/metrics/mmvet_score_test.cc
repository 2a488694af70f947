#include "metrics/mmvet_score.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace tessera::metrics {
namespace {

TEST(MmVetGrade, IsReadByEitherRule) {
  constexpr double kNone = -1;
  struct Case {
    const char* reply;
    double authors, vlmevalkit;
  };
  for (const Case& c : {Case{"0.5", 0.5, 0.5},
                        {"1", 1, 1},
                        {"0", 0, 0},
                        {".5", 0.5, 0.5},
                        {"1.", 1, 1},
                        {"1e-1", 0.1, 0.1},
                        {"0_1.0", 1, 1},
                        {"+0.3", 0.3, 0.3},
                        {"０.５", 0.5, 0.5},
                        {"\n0.5\n", 0.5, 0.5},
                        {" 0.9", kNone, 0.9},
                        {"0.5 ", 0.5, 0.5},
                        {"0.5 |", 0.5, kNone},
                        {"0.8 (mostly right)", 0.8, kNone},
                        {"0. 5", 0, kNone},
                        {"0.7\t0.8", kNone, kNone},
                        {"0,5", kNone, kNone},
                        {"50%", kNone, kNone},
                        {"Score: 0.8", kNone, kNone},
                        {"1.0000000001", kNone, kNone},
                        {"-0.1", kNone, kNone},
                        {"inf", kNone, kNone},
                        {"", kNone, kNone},
                        {"½", kNone, kNone},
                        {"nan", kNone, kNone}}) {
    EXPECT_EQ(ReadMmVetGrade(c.reply, kMmVetAuthors).value_or(kNone), c.authors) << c.reply;
    EXPECT_EQ(ReadMmVetGrade(c.reply, kMmVetVlmEvalKit).value_or(kNone), c.vlmevalkit) << c.reply;
  }
}

TEST(MmVetGrade, TakesNanForAScoreOnlyWhenAskedTo) {
  MmVetRule rule = kMmVetAuthors;
  rule.nan_is_a_score = true;
  EXPECT_TRUE(std::isnan(ReadMmVetGrade("NaN", rule).value()));
}

TEST(MmVetReplies, WaitForACallThatIsDue) {
  EXPECT_EQ(ReadMmVetReplies({}, kMmVetAuthors).score, std::nullopt);
  EXPECT_EQ(ReadMmVetReplies(std::vector<std::string>{"bad"}, kMmVetAuthors).score, std::nullopt);
}

TEST(MmVetReplies, TakeTheFirstReadableOne) {
  const MmVetVerdict verdict = ReadMmVetReplies(std::vector<std::string>{"bad", "0.3", "0.9"}, kMmVetVlmEvalKit);
  EXPECT_EQ(verdict.score, 0.3);
  EXPECT_EQ(verdict.calls, 2);
  EXPECT_TRUE(verdict.readable);
}

TEST(MmVetReplies, AreZeroAfterTheLastCall) {
  const std::vector<std::string> bad(5, "bad");
  EXPECT_EQ(ReadMmVetReplies(bad, kMmVetVlmEvalKit).score, 0);
  EXPECT_FALSE(ReadMmVetReplies(bad, kMmVetVlmEvalKit).readable);
  EXPECT_EQ(ReadMmVetReplies(bad, kMmVetAuthors).score, std::nullopt);
}

TEST(MmVetReplies, TheAuthorsDoNotLookAtTheSixth) {
  const MmVetVerdict verdict =
      ReadMmVetReplies(std::vector<std::string>{"2", "3", "4", "5", "6", "0.2"}, kMmVetAuthors);
  EXPECT_EQ(verdict.score, 0);
  EXPECT_EQ(verdict.calls, 6);
  EXPECT_FALSE(verdict.readable);
}

TEST(MmVetTemperature, RisesByHalves) {
  std::vector<double> authors, vlmevalkit;
  for (int call = 0; call < 6; ++call) authors.push_back(MmVetTemperature(call, kMmVetAuthors));
  for (int call = 0; call < 5; ++call) vlmevalkit.push_back(MmVetTemperature(call, kMmVetVlmEvalKit));
  EXPECT_EQ(authors, (std::vector<double>{0, 0, 0.5, 1, 1.5, 2}));
  EXPECT_EQ(vlmevalkit, (std::vector<double>{0, 0.5, 1, 1.5, 2}));
}

TEST(MmVetAuthorsTables, AverageOverSamplesAndRuns) {
  const std::vector<MmVetSample> samples = {
      {{"rec", "ocr"}, {1, 0.5}}, {{"rec"}, {0, 0.5}}, {{"ocr", "rec"}, {0.5, 0.5}}};
  const MmVetTables tables = MmVetAuthorsTables(samples);
  EXPECT_EQ(tables.capabilities.at(0).name, "rec");
  EXPECT_EQ(tables.capabilities[0].value, 50);
  EXPECT_EQ(tables.capabilities[0].scored, 3);
  EXPECT_EQ(tables.capabilities[1].value, 62.5);
  EXPECT_EQ(tables.capabilities[5].value, std::nullopt);  // math
  EXPECT_EQ(tables.capabilities.back().name, "total");
  ASSERT_EQ(tables.integrations.size(), 3u);
  EXPECT_EQ(tables.integrations[0].name, "ocr_rec");
  EXPECT_EQ(tables.integrations[0].scored, 2);
  EXPECT_EQ(tables.deviation, 0);
}

TEST(MmVetAuthorsTables, GiveTheDeviationOfTheRuns) {
  EXPECT_EQ(MmVetAuthorsTables(std::vector<MmVetSample>{{{"rec"}, {0.4, 0.6}}}).deviation, 10);
}

TEST(MmVetAuthorsTables, RoundHalvesToEven) {
  // 31.25 is exact: 312.5 tenths become 312.
  EXPECT_EQ(MmVetAuthorsTables(std::vector<MmVetSample>{{{"rec"}, {0.3125}}}).capabilities.back().value, 31.2);
}

TEST(MmVetAuthorsTables, RefuseSamplesWithDifferentRuns) {
  EXPECT_THROW(MmVetAuthorsTables(std::vector<MmVetSample>{{{"rec"}, {1}}, {{"rec"}, {1, 1}}}), std::invalid_argument);
  EXPECT_THROW(MmVetAuthorsTables(std::vector<MmVetSample>{{{"rec"}, {}}}), std::invalid_argument);
}

TEST(MmVetVlmEvalKitTables, CountASingleCapabilityTwice) {
  const MmVetTables tables = MmVetVlmEvalKitTables(std::vector<MmVetRow>{{"rec", 1}, {"rec,ocr", 0}});
  EXPECT_EQ(tables.capabilities.at(0).scored, 3);
  EXPECT_NEAR(tables.capabilities[0].value.value(), 200.0 / 3, 1e-12);
  EXPECT_EQ(tables.capabilities[1].scored, 1);
  EXPECT_EQ(tables.capabilities.back().name, "Overall");
  EXPECT_EQ(tables.capabilities.back().value, 50);
  EXPECT_EQ(tables.integrations.at(0).name, "rec");
  EXPECT_EQ(tables.integrations[0].scored, 3);
  EXPECT_EQ(tables.integrations[1].name, "rec_ocr");
}

TEST(MmVetTables, OfNothingHaveNoValue) {
  EXPECT_EQ(MmVetAuthorsTables({}).capabilities.back().value, std::nullopt);
  EXPECT_EQ(MmVetVlmEvalKitTables({}).capabilities.back().value, std::nullopt);
}

}  // namespace
}  // namespace tessera::metrics
