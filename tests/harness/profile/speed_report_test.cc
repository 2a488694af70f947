#include "harness/profile/speed_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/json_fields.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using testing::Not;

SpeedReport OneRow(std::vector<double> values, std::vector<double> shares) {
  SpeedReport report{.checkpoint = "mini", .precision = "bfloat16", .threads = 2};
  report.machine.cpu = "a processor";
  report.machine.cores = 4;
  report.peak_bytes = 2'500'000'000;
  report.rows = {{.name = "prefill", .unit = "tokens/s", .values = std::move(values), .against = "the product"}};
  report.rows.front().shares = std::move(shares);
  return report;
}

TEST(Median, IsTheMiddleOrTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 2, 9}), 3);
}

TEST(Spread, IsTheInterquartileRangeOverTheMedian) {
  EXPECT_EQ(Spread({5, 5, 5}), 0);
  EXPECT_DOUBLE_EQ(Spread({1, 2, 3, 4, 5}), 2.0 / 3);
}

TEST(SpeedText, StatesMedianSpreadShareAndMachine) {
  const std::string text = SpeedText(OneRow({100, 101, 102, 103, 104}, {0.25, 0.5, 0.75}));
  EXPECT_THAT(text, HasSubstr("mini, bfloat16, 2 threads; a processor, 4 cores"));
  EXPECT_THAT(text, HasSubstr("peak memory 2.50 GB"));
  EXPECT_THAT(text, HasSubstr("102 tokens/s"));
  EXPECT_THAT(text, HasSubstr("50 % of the product"));
  EXPECT_THAT(text, HasSubstr("spread 2 %"));
  EXPECT_THAT(text, Not(HasSubstr("not settled")));
}

TEST(SpeedText, NamesWeightsInInt8) {
  SpeedReport report = OneRow({100}, {});
  EXPECT_THAT(SpeedText(report), Not(HasSubstr("int8")));
  EXPECT_EQ(ParseJson(SpeedJson(report), "json")["weights"], "stored");
  report.weights = "int8";
  EXPECT_THAT(SpeedText(report), HasSubstr("mini, bfloat16, weights in int8, 2 threads"));
  EXPECT_EQ(ParseJson(SpeedJson(report), "json")["weights"], "int8");
}

TEST(SpeedText, SaysThatTheNoiseDidNotSettle) {
  EXPECT_THAT(SpeedText(OneRow({100, 200, 300, 400, 500}, {})), HasSubstr("spread 67 %, not settled"));
}

TEST(SpeedText, SaysThatThereAreTooFewSamples) {
  EXPECT_THAT(SpeedText(OneRow({100, 100, 100, 100}, {})), HasSubstr("too few samples"));
}

TEST(SpeedText, LargeValuesHaveNoExponent) {
  EXPECT_THAT(SpeedText(OneRow({1234567}, {})), HasSubstr("1234567 tokens/s"));
}

TEST(SpeedMarkdown, IsATableWithARowPerQuantity) {
  EXPECT_THAT(SpeedMarkdown(OneRow({100, 100, 100, 100, 100}, {0.5})),
              HasSubstr("| prefill | 100 | tokens/s | 50 % of the product | 5 | 0 % |\n"));
}

TEST(SpeedJson, HoldsEverySample) {
  const Json json = ParseJson(SpeedJson(OneRow({3, 1, 2}, {0.5, 0.5, 0.5})), "report");
  EXPECT_EQ(json["schema_version"], kSpeedSchemaVersion);
  EXPECT_EQ(json["peak_bytes"], 2'500'000'000);
  const Json& row = json["rows"].at(0);
  EXPECT_EQ(row["median"], 2);
  EXPECT_EQ(row["values"], Json({3, 1, 2}));
  EXPECT_EQ(row["share"], 0.5);
  EXPECT_EQ(row["share_of"], "the product");
  EXPECT_EQ(row["settled"], false);
}

TEST(SpeedJson, ARowOfNothingHasNoShare) {
  EXPECT_FALSE(ParseJson(SpeedJson(OneRow({1}, {})), "report")["rows"].at(0).contains("share"));
}

}  // namespace
}  // namespace tessera
