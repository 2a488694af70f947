#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

const Benchmark& Ai2d() { return FindBenchmark("ai2d"); }
const std::string kPrompt =
    "What?\nA. cat\nB. D\nC. \nD. fish\nAnswer with the option's letter from the given choices directly.";

Sample Loaded(const std::string& json_prompt) {
  const TempFolder folder;
  folder.Write("ai2diagram/AI2D_TEST/0.png", "");
  folder.Write("ai2diagram/test_vlmevalkit.jsonl",
               R"({"image": "data/ai2diagram/AI2D_TEST/0.png", "question_id": 0, "answer": "B", "question": ")" +
                   json_prompt + "\"}\n");
  const std::vector<Sample> samples = LoadFrom(Ai2d(), folder.path());
  EXPECT_EQ(samples.size(), 1u);
  EXPECT_TRUE(samples.at(0).images.at(0).file.string().ends_with("ai2diagram/AI2D_TEST/0.png"));
  EXPECT_EQ(samples.at(0).images.at(0).file.string().find("data/"), std::string::npos);
  return samples.at(0);
}

TEST(Ai2d, DiagramsWithoutMasksAreASplitOfTheirOwnWithoutThePapersNumber) {
  const TempFolder folder;
  for (const char* file : {"AI2D_TEST.tsv", "AI2D_TEST_NO_MASK.tsv"}) {
    folder.Write(file, "index\timage\tquestion\tA\tB\tanswer\n0\t" + std::string(80, 'A') + "\twhat?\tcat\tdog\tB\n");
  }
  EXPECT_EQ(FindData(Ai2d(), folder.path())->source->split, "test");
  const std::optional<FoundData> found = FindData(Ai2d(), folder.path(), "test-no-mask");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->source->load(found->folder, *found->source).at(0).split, "test-no-mask");
  for (const PaperValue& value : Ai2d().paper) EXPECT_NE(value.split, "test-no-mask");
}

TEST(Ai2d, TakesTheOfficialPromptApartAndAsksItsBytes) {
  const Sample sample = Loaded(
      "What?\\nA. cat\\nB. D\\nC. \\nD. fish\\nAnswer with the option's letter from the given choices directly.");
  EXPECT_EQ(sample.questions.at(0), "What?");
  ASSERT_EQ(sample.choices.size(), 4u);
  EXPECT_EQ(sample.choices[1].text, "D");
  EXPECT_EQ(sample.choices[2].text, "");
  for (const Recipe& recipe : Ai2d().recipes) EXPECT_EQ(recipe.make_prompt(sample, sample.questions[0]), kPrompt);
}

TEST(Ai2d, LeavesAPromptOfAnotherFormWhole) {
  for (const char* prompt : {"What?", "What?\\nA. x\\nB. y", "A. x\\nAnswer directly."}) {
    const Sample sample = Loaded(prompt);
    EXPECT_TRUE(sample.choices.empty());
    for (const Recipe& recipe : Ai2d().recipes) {
      EXPECT_EQ(recipe.make_prompt(sample, sample.questions[0]), sample.questions[0]);
    }
  }
}

TEST(Ai2d, TheTsvFileGivesTheSamePrompt) {
  const Sample sample{
      .questions = {"What?"}, .choices = {{"A", "cat"}, {"B", "D"}, {"C", ""}, {"D", "fish"}}, .references = {"B"}};
  for (const Recipe& recipe : Ai2d().recipes) EXPECT_EQ(recipe.make_prompt(sample, "What?"), kPrompt);
}

TEST(Ai2d, ScoresHandCheckedSamples) {
  const Sample sample{
      .id = "0", .choices = {{"A", "cat"}, {"B", "D"}, {"C", "a dog"}, {"D", "fish"}}, .references = {"D"}};
  struct Case {
    const char* answer;
    double internvl, vlmevalkit;
  };
  for (const Case& c : {Case{"D", 1, 1}, {"d", 1, 0}, {"D.", 0, 1}, {" (D)", 0, 1}, {"fish", 0, 1}, {"Ｄ", 0, 0}}) {
    EXPECT_EQ(Ai2d().scorings.front().score(sample, {.answers = {c.answer}}).value, c.internvl) << c.answer;
    EXPECT_EQ(ScoringNamed(Ai2d(), "vlmevalkit-2024-04").score(sample, {.answers = {c.answer}}).value, c.vlmevalkit)
        << c.answer;
  }
}

TEST(Ai2d, AveragesTheScoredSamples) {
  const Scoring& scoring = Ai2d().scorings.front();
  const Sample sample{.id = "0", .references = {"D"}};
  const std::vector<Score> scores =
      scoring.aggregate(std::vector{scoring.score(sample, {.answers = {"D"}}),
                                    scoring.score(sample, {.answers = {"D."}}), scoring.score(sample, {})});
  EXPECT_EQ(scores.at(0).value, 50);
  EXPECT_EQ(scores.at(0).scored, 2);
  EXPECT_EQ(scores.at(0).unscored, 1);
}

}  // namespace
}  // namespace tessera
