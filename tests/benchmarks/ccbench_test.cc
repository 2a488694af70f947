#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

const Benchmark& CcBench() { return FindBenchmark("ccbench"); }

Sample Row(const std::string& id, std::string reference) {
  return {.id = id,
          .split = "dev",
          .questions = {"图中是什么？"},
          .choices = {{"A", "狗"}, {"B", "猫"}, {"C", "熊猫"}},
          .references = {std::move(reference)},
          .tags = {{"category", "scenery_building"}}};
}

TEST(CcBench, PromptsAreByteExact) {
  const Sample row = Row("1", "A");
  for (const char* recipe : {"paper", "vlmevalkit", "vlmevalkit-2026-08"}) {
    EXPECT_EQ(RecipeNamed(CcBench(), recipe).make_prompt(row, "图中是什么？"),
              "图中是什么？\nA. 狗\nB. 猫\nC. 熊猫\n请直接回答选项字母。");
  }
  EXPECT_EQ(RecipeNamed(CcBench(), "paper").make_prompt({}, "What?"), "What?\n请直接回答选项字母。");
  EXPECT_EQ(RecipeNamed(CcBench(), "vlmevalkit").make_prompt({}, "What?"), "What?\nAnswer the question directly.");
}

TEST(CcBench, ScoresHandCheckedSamples) {
  const Scoring& scoring = CcBench().scorings.front();
  struct Case {
    const char *answer, *extracted;
    bool undecided;
  };
  for (const Case& c : {Case{"选项 A", "A", false},
                        {"(A)", "A", false},
                        {"小狗", "A", false},   // the text of an option is enough
                        {"熊猫", "", true},     // holds two options' texts
                        {"答案：A", "", true},  // full-width punctuation stays glued
                        {"（A）", "", true}}) {
    const SampleScore score = scoring.score(Row("1000003", "A"), {.answers = {c.answer}});
    EXPECT_EQ(score.extracted, c.extracted) << c.answer;
    EXPECT_EQ(score.undecided, c.undecided) << c.answer;
    EXPECT_EQ(score.value, c.undecided ? 0 : 1) << c.answer;
    EXPECT_EQ(score.group, "3");
  }
}

TEST(CcBench, CountsAQuestionWhenAllRotationsAreRight) {
  const TempFolder folder;
  const std::string picture(80, 'A');
  folder.Write("ccbench/CCBench.tsv",
               "index\tquestion\tA\tB\tanswer\tcategory\timage\n3\t何？\t狗\t猫\tA\tc\t" + picture +
                   "\n4\t何？\t狗\t猫\tA\tc\t3\n1000003\t何？\t猫\t狗\tB\tc\t3\n1000004\t何？\t猫\t狗\tB\tc\t3\n");
  const std::vector<Sample> samples = LoadFrom(CcBench(), folder.path());
  ASSERT_EQ(samples.size(), 4u);
  for (const Scoring& scoring : CcBench().scorings) {
    std::vector<SampleScore> rows;
    for (const Sample& sample : samples) {
      rows.push_back(scoring.score(sample, {.answers = {sample.id == "1000004" ? "A" : sample.references[0]}}));
    }
    const std::vector<Score> scores = scoring.aggregate(rows);
    EXPECT_EQ(scores.at(0).name, "Overall");
    EXPECT_EQ(scores.at(0).value, 50);
    EXPECT_EQ(scores.at(0).scored, 2);
    EXPECT_EQ(scores.at(1).name, "c");
  }
}

}  // namespace
}  // namespace tessera
