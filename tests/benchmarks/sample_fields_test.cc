#include "benchmarks/sample_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tessera {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

TEST(TagOf, IsEmptyForAMissingTag) {
  EXPECT_EQ(TagOf({{"a", "x"}}, "a"), "x");
  EXPECT_EQ(TagOf({{"a", "x"}}, "b"), "");
}

TEST(KeepTags, TakesTheNamedOnesThatAreThere) {
  SampleScore score{.tags = {{"split", "dev"}}};
  KeepTags({.tags = {{"a", "x"}, {"b", "y"}}}, {"a", "c"}, &score);
  EXPECT_THAT(score.tags, UnorderedElementsAre(Pair("split", "dev"), Pair("a", "x")));
}

TEST(OptionsOf, KeepsTheOrderOfTheChoices) {
  const auto options = OptionsOf({.choices = {{"A", "one"}, {"C", "three"}}});
  ASSERT_EQ(options.size(), 2u);
  EXPECT_EQ(options[1].letter, "C");
  EXPECT_EQ(options[1].text, "three");
}

}  // namespace
}  // namespace tessera
