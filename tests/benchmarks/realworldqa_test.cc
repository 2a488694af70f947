#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

const Benchmark& RealWorldQa() { return FindBenchmark("realworldqa"); }
const Scoring& Scoring2024() { return ScoringNamed(RealWorldQa(), "vlmevalkit-2024-04"); }
const Scoring& Scoring2026() { return ScoringNamed(RealWorldQa(), "vlmevalkit-2026-08"); }

Sample YesNo(std::string reference) {
  return {.id = "0",
          .questions = {"Is it wet?"},
          .choices = {{"A", "Yes"}, {"B", "No"}},
          .references = {std::move(reference)}};
}

TEST(RealWorldQa, ScoresHandCheckedSamples) {
  struct Case {
    const char *answer, *letter_2024, *letter_2026;
  };
  for (const Case& c : {Case{"B", "B", "B"},
                        {"No", "B", "B"},
                        {"not sure", "B", "B"},     // holds "no"
                        {"Yes, it is", "A", "A"},   // exactly twice as long as both options
                        {"Yes, it is.", "A", "Z"},  // longer: 2026-08 does not look
                        {"A dog in the street, I think", "A", "Z"}}) {
    const SampleScore old_score = Scoring2024().score(YesNo("A"), {.answers = {c.answer}});
    EXPECT_EQ(old_score.extracted, c.letter_2024) << c.answer;
    EXPECT_EQ(old_score.value, c.letter_2024[0] == 'A' ? 1 : 0) << c.answer;
    EXPECT_EQ(Scoring2026().score(YesNo("A"), {.answers = {c.answer}}).extracted, c.letter_2026) << c.answer;
  }
}

TEST(RealWorldQa, AnUndecidedAnswerIsWrongAndIn2026OptionZ) {
  Sample sample = YesNo("Z");
  const SampleScore old_score = Scoring2024().score(sample, {.answers = {"hm"}});
  EXPECT_TRUE(old_score.undecided);
  EXPECT_EQ(old_score.value, 0);
  const SampleScore new_score = Scoring2026().score(sample, {.answers = {"hm"}});
  EXPECT_TRUE(new_score.undecided);
  EXPECT_EQ(new_score.value, 1);  // quirk: right where option Z is
}

TEST(RealWorldQa, ARowWithoutOptionsCannotBeInferred) {
  const Sample sample{.id = "0", .references = {"three"}};
  const SampleScore score = Scoring2024().score(sample, {.answers = {"three"}});
  EXPECT_TRUE(score.undecided);
  EXPECT_EQ(score.value, 0);
  EXPECT_EQ(RecipeNamed(RealWorldQa(), "paper").make_prompt(sample, "How many?"),
            "How many?\nAnswer the question directly.");
}

TEST(RealWorldQa, PrintsNumericOptionsAsPandasDoes) {
  const TempFolder folder;
  folder.Write("RealWorldQA.tsv",
               "index\tquestion\tA\tB\tanswer\timage\n0\tq\t1\t2\tA\t" + std::string(80, 'A') + "\n1\tr\t\t3\tB\t0\n");
  const std::vector<Sample> samples = LoadFrom(RealWorldQa(), folder.path());
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(RecipeNamed(RealWorldQa(), "paper").make_prompt(samples[0], "q"),
            "q\nA. 1.0\nB. 2\nAnswer with the option's letter from the given choices directly.");
  EXPECT_EQ(RecipeNamed(RealWorldQa(), "paper").make_prompt(samples[1], "r"),
            "r\nB. 3\nAnswer with the option's letter from the given choices directly.");
  std::vector<SampleScore> scores;
  for (const Sample& sample : samples) scores.push_back(Scoring2024().score(sample, {.answers = {"A"}}));
  const std::vector<Score> columns = Scoring2024().aggregate(scores);
  ASSERT_EQ(columns.size(), 1u);
  EXPECT_EQ(columns[0].name, "Overall");
  EXPECT_EQ(columns[0].value, 50);
  EXPECT_EQ(columns[0].undecided, 1);
}

TEST(RealWorldQa, ThePaperRecipeTakesPicturesThroughJpeg) {
  const Recipe& paper = RealWorldQa().recipes.front();
  EXPECT_EQ(paper.choose_pictures({.images = {{}}}, 6), std::vector{(PictureUse{0, 6, true})});
  const Sample png{.images = {{}}, .tags = {{"image_path", "1.png"}}};
  EXPECT_EQ(paper.choose_pictures(png, 6), std::vector{(PictureUse{0, 6, false})});
  const Sample jpg{.images = {{}}, .tags = {{"image_path", "1.jpg"}}};
  EXPECT_EQ(paper.choose_pictures(jpg, 4), std::vector{(PictureUse{0, 4, true})});
}

}  // namespace
}  // namespace tessera
