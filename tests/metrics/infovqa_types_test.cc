#include "metrics/infovqa_types.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tessera::metrics {
namespace {

std::string Tag(std::string_view group, std::vector<std::string> keys) { return QuestionTypeTag(group, keys); }

const Score& Column(const std::vector<Score>& columns, std::string_view name) {
  for (const Score& column : columns) {
    if (column.name == name) return column;
  }
  throw std::out_of_range("no column " + std::string(name));
}

TEST(QuestionTypeTag, HoldsThePrintedNames) {
  EXPECT_EQ(Tag("answer", {"image span"}), "Image-Span");
  EXPECT_EQ(Tag("answer", {"non span", "multiple spans"}), "None span|Multi-Span");
  EXPECT_EQ(Tag("evidence", {"photo/pciture/visual_objects"}), "Visual/Layout");
  EXPECT_EQ(Tag("operation", {}), "");
}

TEST(QuestionTypeTag, RefusesUnknownTypes) {
  EXPECT_THROW(Tag("evidence", {"photo/picture/visual_objects"}), std::invalid_argument);
  EXPECT_THROW(Tag("answer", {"textual"}), std::invalid_argument);  // of another group
  EXPECT_THROW(Tag("answer", {"Image-Span"}), std::invalid_argument);
}

TEST(MeansByQuestionType, CountASampleForEachOfItsTypes) {
  const std::vector<SampleScore> scores = {
      {.value = 1, .tags = {{"evidence", "Text|Map"}, {"answer", "Image-Span"}}},
      {.value = 0.5, .tags = {{"evidence", "Text"}, {"answer", "Image-Span"}}},
      {.value = 0, .tags = {{"evidence", "Map|Map"}, {"answer", ""}}},
      {.value = std::nullopt, .tags = {{"evidence", "Text"}}},
      {.value = 0},
  };
  const std::vector<Score> columns = MeansByQuestionType(scores);
  ASSERT_EQ(columns.size(), QuestionTypes().size());
  EXPECT_EQ(columns.front().name, "answer: Image-Span");
  EXPECT_EQ(columns.front().value, 75);
  EXPECT_EQ(Column(columns, "evidence: Text").value, 75);
  EXPECT_EQ(Column(columns, "evidence: Text").unscored, 1);
  EXPECT_NEAR(Column(columns, "evidence: Map").value.value(), 100 / 3.0, 1e-9);  // listed twice, counted twice
  EXPECT_EQ(Column(columns, "operation: Counting").value, std::nullopt);
}

}  // namespace
}  // namespace tessera::metrics
