#include "harness/http/spending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using testing::Optional;

TEST(Spending, WithoutALimitAnythingGoes) {
  Spending spending{SpendingSettings{}};
  spending.Add(0, 0);
  spending.Add(1'000'000'000, 1'000'000'000);
  EXPECT_EQ(spending.Refusal(), std::nullopt);
}

TEST(Spending, CountsPromptAndNewTokensTogether) {
  Spending spending({.tokens = 100});
  spending.Add(90, 9);
  EXPECT_EQ(spending.Refusal(), std::nullopt);
  spending.Add(0, 1);
  EXPECT_THAT(spending.Refusal(), Optional(HasSubstr("limit of 100 tokens")));
}

TEST(Spending, PricesPromptAndNewTokensApart) {
  Spending spending({.cost = 1, .prices = {2, 8}});
  spending.Add(250'000, 62'499);
  EXPECT_EQ(spending.Refusal(), std::nullopt);
  spending.Add(0, 1);
  EXPECT_THAT(spending.Refusal(), Optional(HasSubstr("cost limit of 1")));
}

TEST(Spending, ALimitNeedsCounts) {
  Spending spending({.tokens = 100});
  spending.Add(0, 0);
  EXPECT_THAT(spending.Refusal(), Optional(HasSubstr("does not count tokens")));
}

TEST(Spending, RefusesSettingsWithoutEffect) {
  const auto error = [](SpendingSettings settings) {
    settings.option = "--judge-";
    return ErrorOf(ErrorKind::kUsage, [&] { Spending{settings}; });
  };
  EXPECT_THAT(error({.cost = 1}), HasSubstr("--judge-cost-limit needs --judge-prices"));
  EXPECT_THAT(error({.cost = 1, .prices = {1}}), HasSubstr("needs --judge-prices"));
  EXPECT_THAT(error({.cost = 1, .prices = {1, -1}}), HasSubstr("needs --judge-prices"));
  EXPECT_THAT(error({.prices = {1, 1}}), HasSubstr("--judge-prices has no effect"));
}

}  // namespace
}  // namespace tessera
