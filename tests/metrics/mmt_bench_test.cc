#include "metrics/mmt_bench.h"

#include <gtest/gtest.h>

namespace tessera::metrics {
namespace {

SampleScore Question(const char* meta_task, const char* subtask, std::optional<double> value,
                     const char* split = "VAL") {
  return {.value = value, .tags = {{"split", split}, {"category", subtask}, {"l2-category", meta_task}}};
}

std::optional<double> Value(const std::vector<SplitAccuracy>& table, std::string_view split, std::string_view column) {
  for (const SplitAccuracy& row : table) {
    for (const Score& score : row.columns) {
      if (row.split == split && score.name == column) return score.value;
    }
  }
  ADD_FAILURE() << "no " << split << ", " << column;
  return std::nullopt;
}

TEST(MmtAbbreviation, NamesTheMetaTasks) {
  EXPECT_EQ(MmtAbbreviation("visual_recognition"), "VR");
  EXPECT_EQ(MmtAbbreviation("threed"), "3D");
  EXPECT_EQ(MmtAbbreviation("image-to-image_translation"), "I2IT");
  EXPECT_EQ(MmtAbbreviation("visual_code"), "VP");
  EXPECT_EQ(MmtAbbreviation("coarse_perception"), "coarse_perception");
}

TEST(MmtTable, TheTwoVersionsDifferInTheMetaTasks) {
  const std::vector<SampleScore> scores = {Question("ocr", "font", 1), Question("ocr", "font", 1),
                                           Question("ocr", "font", 1), Question("ocr", "hand", 0)};
  const auto authors = MmtTable(scores, MetaTaskMean::kOfQuestions);
  const auto newer = MmtTable(scores, MetaTaskMean::kOfSubtasks);
  EXPECT_EQ(Value(authors, "VAL", "OCR"), 0.75);
  EXPECT_EQ(Value(newer, "VAL", "OCR"), 0.5);
  for (const auto& table : {authors, newer}) {
    EXPECT_EQ(Value(table, "VAL", "Overall"), 0.75);
    EXPECT_EQ(Value(table, "ALL", "Overall"), 0.75);
    EXPECT_EQ(Value(table, "ALL", "font"), 1);
    EXPECT_EQ(Value(table, "ALL", "hand"), 0);
  }
}

TEST(MmtTable, ASubtaskWithoutQuestionsInASplitLeavesTheMetaTaskWithoutAValue) {
  const std::vector<SampleScore> scores = {Question("ocr", "font", 1, "VAL"), Question("ocr", "hand", 0, "TEST")};
  const auto authors = MmtTable(scores, MetaTaskMean::kOfQuestions);
  const auto newer = MmtTable(scores, MetaTaskMean::kOfSubtasks);
  EXPECT_EQ(Value(authors, "VAL", "OCR"), 1);
  EXPECT_EQ(Value(newer, "VAL", "OCR"), std::nullopt);
  EXPECT_EQ(Value(newer, "ALL", "OCR"), 0.5);
  EXPECT_EQ(Value(newer, "VAL", "hand"), std::nullopt);
  EXPECT_EQ(newer.at(0).split, "TEST");
  EXPECT_EQ(newer.at(2).split, "ALL");
}

TEST(MmtTable, ASubtaskNameIsTakenFromAllMetaTasks) {
  const std::vector<SampleScore> scores = {Question("ocr", "shared", 1), Question("emotion", "shared", 0),
                                           Question("emotion", "face", 1)};
  EXPECT_EQ(Value(MmtTable(scores, MetaTaskMean::kOfSubtasks), "ALL", "OCR"), 0.5);
  EXPECT_EQ(Value(MmtTable(scores, MetaTaskMean::kOfSubtasks), "ALL", "Emo"), 0.75);
  EXPECT_EQ(Value(MmtTable(scores, MetaTaskMean::kOfQuestions), "ALL", "OCR"), 1);
}

TEST(MmtTable, HasNoRowsWithoutScoresAndCallsAMissingSplitNone) {
  EXPECT_TRUE(MmtTable({}, MetaTaskMean::kOfSubtasks).empty());
  const std::vector<SampleScore> scores = {Question("ocr", "font", 1, "")};
  EXPECT_EQ(Value(MmtTable(scores, MetaTaskMean::kOfQuestions), "none", "font"), 1);
}

TEST(MmtMeanOfSubtasks, WeighsSubtasksAlike) {
  std::vector<SampleScore> scores = {Question("ocr", "font", 1), Question("ocr", "font", 1), Question("ocr", "hand", 0),
                                     Question("ocr", "lost", std::nullopt)};
  scores[2].undecided = true;
  const Score mean = MmtMeanOfSubtasks("mean", scores);
  EXPECT_EQ(mean.value, 0.5);
  EXPECT_EQ(mean.scored, 2);
  EXPECT_EQ(mean.unscored, 1);
  EXPECT_EQ(mean.undecided, 1);
  EXPECT_EQ(MmtMeanOfSubtasks("mean", {}).value, std::nullopt);
}

}  // namespace
}  // namespace tessera::metrics
