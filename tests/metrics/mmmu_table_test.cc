#include "metrics/mmmu_table.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace tessera::metrics {
namespace {

SampleScore Of(const std::string& subject, std::optional<double> value, bool undecided = false) {
  return {.undecided = undecided, .value = value, .tags = {{"category", subject}}};
}

TEST(MmmuSubjects, AreThirtyInTheirOrder) {
  EXPECT_EQ(MmmuSubjects().size(), 30u);
  EXPECT_EQ(MmmuSubjects().front(), "Accounting");
  EXPECT_EQ(MmmuSubjects()[3], "Art");
  EXPECT_EQ(MmmuSubjects()[4], "Art_Theory");
  EXPECT_EQ(MmmuSubjects().back(), "Sociology");
  EXPECT_EQ(MmmuDomainOf("Math")->name, "Science");
  EXPECT_EQ(MmmuDomainOf("Pharmacy")->tsv_name, "Health & Medicine");
  EXPECT_EQ(MmmuDomainOf("Maths"), nullptr);
}

TEST(MmmuSubjectOfId, StandsBetweenTheOuterUnderscores) {
  EXPECT_EQ(MmmuSubjectOfId("validation_Art_1"), "Art");
  EXPECT_EQ(MmmuSubjectOfId("dev_Art_Theory_12"), "Art_Theory");
  EXPECT_EQ(MmmuSubjectOfId("a_b"), "");
  EXPECT_EQ(MmmuSubjectOfId("plain"), "");
  EXPECT_EQ(MmmuSubjectOfId(""), "");
}

TEST(MmmuTable, WeighsSubjectsByTheirSizes) {
  const std::vector<SampleScore> scores = {Of("Art", 1), Of("Art", 0), Of("Art", 0, true), Of("Music", 1),
                                           Of("Math", std::nullopt)};
  const std::vector<Score> table = MmmuTable(scores);
  ASSERT_EQ(table.size(), 6u + 3u + 1u);
  EXPECT_EQ(table[0].name, "Overall-Art and Design");
  EXPECT_EQ(table[0].value, 0.5);
  EXPECT_EQ(table[0].undecided, 1);
  EXPECT_EQ(table[1].name, "Art");
  EXPECT_DOUBLE_EQ(*table[1].value, 1.0 / 3);
  EXPECT_EQ(table[2].name, "Music");
  EXPECT_EQ(table[3].name, "Overall-Business");
  EXPECT_EQ(table[3].value, std::nullopt);
  EXPECT_EQ(table[5].name, "Math");
  EXPECT_EQ(table[5].unscored, 1);
  EXPECT_EQ(table.back().name, "Overall");
  EXPECT_EQ(table.back().value, 0.5);
  EXPECT_EQ(table.back().scored, 4);
  EXPECT_EQ(table.back().unscored, 1);
}

TEST(MmmuTable, OfNothingHasNoValue) {
  EXPECT_EQ(MmmuTable({}).size(), 7u);
  EXPECT_EQ(MmmuTable({}).back().value, std::nullopt);
}

}  // namespace
}  // namespace tessera::metrics
