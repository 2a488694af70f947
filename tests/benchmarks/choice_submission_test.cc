#include "benchmarks/choice_submission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/benchmark.h"
#include "datasets/sheet.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;

using Answers = std::vector<SubmissionAnswer>;

Sample Question(const std::string& id) {
  return {
      .id = id,
      .split = "dev",
      .questions = {"Which?"},
      .choices = {{"A", "red"}, {"B", "blue"}},
      .references = {"A"},
      .tags = {
          {"category", "c"}, {"comment", "x"}, {"hint", "h"}, {"l2-category", "l"}, {"source", "s"}, {"split", "dev"}}};
}

Sheet ReadBack(const std::string& bytes) {
  const TempFolder folder;
  return ReadSheet(folder.Write("a.xlsx", bytes));
}

TEST(MmBenchSubmission, HasThePredictionAfterTheOptionsInTheOrderOfTheIndices) {
  const Sample rotated = Question("1000002"), question = Question("2");
  const Sheet sheet = ReadBack(MmBenchSubmission(Answers{{&rotated, "the blue one"}, {&question, "A. red"}}));
  EXPECT_THAT(sheet.columns, ElementsAre("index", "question", "A", "B", "C", "D", "prediction", "answer", "split"));
  ASSERT_EQ(sheet.rows.size(), 2u);
  EXPECT_THAT(sheet.rows[0].cells, ElementsAre("2", "Which?", "red", "blue", "", "", "A", "A", "dev"));
  EXPECT_THAT(sheet.rows[1].cells, ElementsAre("1000002", "Which?", "red", "blue", "", "", "B", "A", "dev"));
}

TEST(MmBenchSubmission, OfATestSplitHasNoAnswers) {
  Sample question = Question("2");
  question.references.clear();
  question.choices.push_back({"E", "green"});
  const Sheet sheet = ReadBack(MmBenchSubmission(Answers{{&question, " "}}));
  EXPECT_THAT(sheet.columns, ElementsAre("index", "question", "A", "B", "C", "D", "prediction", "E", "split"));
  EXPECT_THAT(sheet.rows.at(0).cells, ElementsAre("2", "Which?", "red", "blue", "", "", "", "green", "dev"));
}

TEST(CcBenchSubmission, KeepsTheSourceAndHasThePredictionNinth) {
  Sample question = Question("2");
  question.tags = {{"category", "c"}, {"source", "s"}};
  EXPECT_THAT(ReadBack(CcBenchSubmission(Answers{{&question, "B"}})).columns,
              ElementsAre("index", "question", "A", "B", "C", "D", "answer", "source", "prediction"));
  question.tags.clear();
  EXPECT_EQ(ReadBack(CcBenchSubmission(Answers{{&question, "B"}})).columns.back(), "prediction");
}

TEST(ChoiceSubmission, RefusesAnIndexThatIsThereTwiceOrNoNumber) {
  const Sample question = Question("2"), other = Question("x");
  EXPECT_THROW(MmBenchSubmission(Answers{{&question, "A"}, {&question, "A"}}), Error);
  EXPECT_THROW(CcBenchSubmission(Answers{{&other, "A"}}), Error);
}

TEST(ChoiceSubmission, IsForAllPublishedFilesOfMmBenchAndCcBench) {
  for (const char* name : {"mmbench-en", "mmbench-cn", "ccbench"}) {
    for (const DataSource& source : FindBenchmark(name).data) {
      EXPECT_EQ(source.submission != nullptr, source.format != "opencompass-sample") << source.files.front();
      if (source.submission == nullptr) continue;
      EXPECT_EQ(std::filesystem::path(source.submission_file).stem(), std::filesystem::path(source.files[0]).stem());
    }
  }
}

}  // namespace
}  // namespace tessera
