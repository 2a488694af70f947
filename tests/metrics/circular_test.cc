#include "metrics/circular.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tessera::metrics {
namespace {

SampleScore Row(const std::string& index, const std::string& group, std::optional<double> value,
                std::map<std::string, std::string> tags = {}) {
  return {.sample_id = index, .group = group, .value = value, .tags = std::move(tags)};
}

SampleScore Undecided(const std::string& index, const std::string& group) {
  SampleScore row = Row(index, group, 0);
  row.undecided = true;
  return row;
}

SampleScore OnlyGroup(const std::vector<SampleScore>& rows) {
  const std::vector<SampleScore> groups = CircularGroups(rows);
  EXPECT_EQ(groups.size(), 1u);
  return groups.at(0);
}

TEST(CircularGroups, AreRightOnlyWhenAllRowsAre) {
  EXPECT_EQ(OnlyGroup({Row("7", "7", 1), Row("1000007", "7", 1)}).value, 1);
  EXPECT_EQ(OnlyGroup({Row("7", "7", 1), Row("1000007", "7", 0)}).value, 0);
}

TEST(CircularGroups, CountUndecidedRowsAsWrongAndSaySo) {
  const SampleScore group = OnlyGroup({Row("7", "7", 1), Undecided("1000007", "7")});
  EXPECT_EQ(group.value, 0);
  EXPECT_TRUE(group.undecided);
}

TEST(CircularGroups, LetADecidedWrongRowHideUndecidedOnes) {
  const SampleScore group = OnlyGroup({Undecided("7", "7"), Row("1000007", "7", 0)});
  EXPECT_EQ(group.value, 0);
  EXPECT_FALSE(group.undecided);
}

TEST(CircularGroups, AreUnscoredWhenARowHasNoAnswer) {
  EXPECT_EQ(OnlyGroup({Row("7", "7", 1), Row("1000007", "7", std::nullopt)}).value, std::nullopt);
  const SampleScore group = OnlyGroup({Undecided("7", "7"), Row("1000007", "7", std::nullopt)});
  EXPECT_EQ(group.value, std::nullopt);
  EXPECT_FALSE(group.undecided);
}

TEST(CircularGroups, AreWrongWhenAnEarlierRowDecidesIt) {
  EXPECT_EQ(OnlyGroup({Row("1000007", "7", std::nullopt), Row("7", "7", 0)}).value, 0);  // scanned by index
}

TEST(CircularGroups, ScanByNumberNotByText) {
  // As texts, "1000007" sorts before "7".
  EXPECT_EQ(OnlyGroup({Row("1000007", "7", 0), Row("7", "7", std::nullopt)}).value, std::nullopt);
}

TEST(CircularGroups, WithoutAMainRowAreLeftOut) {
  EXPECT_TRUE(CircularGroups(std::vector{Row("1000007", "7", 1)}).empty());
}

TEST(CircularGroups, TakeTheTagsOfTheMainRow) {
  const SampleScore group =
      OnlyGroup({Row("1000007", "7", 1, {{"category", "x"}}), Row("7", "7", 1, {{"category", "ocr"}})});
  EXPECT_EQ(group.sample_id, "7");
  EXPECT_EQ(group.tags.at("category"), "ocr");
}

TEST(CircularGroups, RefuseAnIndexThatIsNoNumber) {
  EXPECT_THROW(CircularGroups(std::vector{Row("a7", "7", 1)}), std::invalid_argument);
  EXPECT_THROW(CircularGroups(std::vector{Row("7", "", 1)}), std::invalid_argument);
}

TEST(AccuracyTable, HasOverallThenL2CategoriesThenCategories) {
  const std::vector<SampleScore> groups = {
      Row("1", "1", 1, {{"split", "dev"}, {"l2-category", "logic_reasoning"}, {"category", "future_prediction"}}),
      Row("2", "2", 0, {{"split", "dev"}, {"l2-category", "coarse_perception"}, {"category", "image_topic"}}),
      Row("3", "3", std::nullopt, {{"split", "dev"}, {"l2-category", "own group"}, {"category", "image_topic"}}),
      Row("4", "4", 1, {{"split", "test"}, {"l2-category", "own group"}, {"category", "ocr"}})};
  const std::vector<SplitAccuracy> table = AccuracyTable(groups);
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table[0].split, "dev");
  std::vector<std::string> names;
  for (const Score& column : table[0].columns) names.push_back(column.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"Overall", "CP", "LR", "own group", "future_prediction", "image_topic", "ocr"}));
  EXPECT_EQ(table[0].columns[0].value, 0.5);
  EXPECT_EQ(table[0].columns[0].scored, 2);
  EXPECT_EQ(table[0].columns[0].unscored, 1);
  EXPECT_EQ(table[0].columns[3].value, std::nullopt);
  EXPECT_EQ(table[1].columns[3].value, 1);
}

TEST(AccuracyTable, NamesAMissingSplitNone) {
  const std::vector<SplitAccuracy> table = AccuracyTable(std::vector{Row("1", "1", 1)});
  ASSERT_EQ(table.size(), 1u);
  EXPECT_EQ(table[0].split, "none");
  EXPECT_EQ(table[0].columns.size(), 1u);
}

}  // namespace
}  // namespace tessera::metrics
