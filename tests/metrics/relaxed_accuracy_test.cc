#include "metrics/relaxed_accuracy.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace tessera::metrics {
namespace {

double Score(std::string_view answer, const std::string& reference, RelaxedTarget target = RelaxedTarget::kAnswer) {
  return RelaxedAccuracy(answer, std::vector{reference}, target);
}

TEST(ParseChartNumber, DividesPercentages) {
  EXPECT_EQ(ParseChartNumber("14%"), 0.14);
  EXPECT_EQ(ParseChartNumber("14 %%"), 0.14);
  EXPECT_EQ(ParseChartNumber("%"), std::nullopt);
  EXPECT_EQ(ParseChartNumber("14% "), std::nullopt);
  EXPECT_EQ(ParseChartNumber("1,000"), std::nullopt);
}

TEST(RelaxedAccuracy, DividesByTheAnswerInThePapersVariant) {
  EXPECT_EQ(Score("95", "100"), 0);
  EXPECT_EQ(Score("100", "95"), 1);
}

TEST(RelaxedAccuracy, DividesByTheReferenceInThe2026Variant) {
  EXPECT_EQ(Score("95", "100", RelaxedTarget::kReference), 1);
  EXPECT_EQ(Score("100", "95", RelaxedTarget::kReference), 0);
}

TEST(RelaxedAccuracy, ComparesTextsWhenTheTargetIsZero) {
  EXPECT_EQ(Score("0", "0.0"), 0);
  EXPECT_EQ(Score("0", "0"), 1);
  EXPECT_EQ(Score("0.0", "0.002"), 0);
}

TEST(RelaxedAccuracy, StripsTheAnswerOnly) {
  EXPECT_EQ(Score("\u3000Yes\n", "yes"), 1);
  EXPECT_EQ(Score("Yes", "Yes "), 0);
  EXPECT_EQ(Score("Yes.", "Yes"), 0);
}

TEST(RelaxedAccuracy, NeverMatchesInfinitiesAndNan) {
  EXPECT_EQ(Score("inf", "inf"), 0);
  EXPECT_EQ(Score("nan", "nan"), 0);
}

TEST(RelaxedAccuracy, TakesAnyReference) {
  const std::vector<std::string> references = {"blue", "2009"};
  EXPECT_EQ(RelaxedAccuracy("2010", references, RelaxedTarget::kAnswer), 1);
  EXPECT_EQ(RelaxedAccuracy("BLUE", references, RelaxedTarget::kAnswer), 1);
  EXPECT_EQ(RelaxedAccuracy("red", references, RelaxedTarget::kAnswer), 0);
  EXPECT_THROW(RelaxedAccuracy("red", {}, RelaxedTarget::kAnswer), std::invalid_argument);
}

}  // namespace
}  // namespace tessera::metrics
