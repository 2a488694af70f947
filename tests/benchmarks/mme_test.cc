#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

const Benchmark& Mme() { return FindBenchmark("mme"); }
const Scoring& Official() { return Mme().scorings.front(); }

Sample Question(const std::string& picture, std::string reference, const std::string& task = "count") {
  return {.id = picture + reference,
          .references = {std::move(reference)},
          .tags = {{"category", task}, {"image_path", task + "/" + picture}}};
}

TEST(Mme, LoadsTheQuestionFiles) {
  const TempFolder folder;
  for (const std::string_view file : Mme().data.front().files) folder.Write(folder.path() / "mme" / file, "");
  folder.Write("mme/Your_Results/OCR.txt", "1.jpg\tIs it?\tYes\n1.jpg\tIs it not?\tNo\n");
  folder.Write("mme/MME_Benchmark_release_version/OCR/images/1.jpg", "");
  const std::vector<Sample> samples = LoadFrom(Mme(), folder.path());
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[1].id, "OCR/2");
  EXPECT_EQ(samples[1].references.at(0), "No");
  EXPECT_TRUE(samples[0].images.at(0).file.string().ends_with("OCR/images/1.jpg"));
  EXPECT_EQ(Mme().recipes.front().make_prompt(samples[0], samples[0].questions[0]),
            "Is it? Answer the question using a single word or phrase.");
  for (const char* line : {"1.jpg\tIs it?", "1.jpg\tq\tMaybe", "../1.jpg\tq\tYes"}) {
    folder.Write("mme/Your_Results/OCR.txt", line);
    EXPECT_THROW(LoadFrom(Mme(), folder.path()), Error) << line;
  }
}

TEST(Mme, TheBeamRecipeSaysThatItDoesNotSample) {
  const Recipe& recipe = RecipeNamed(Mme(), "vlmevalkit");
  EXPECT_EQ(recipe.num_beams, 5);
  EXPECT_EQ(recipe.published_sampling.value().top_k, 50);
  EXPECT_THAT(std::string(recipe.differences.at(0)), testing::HasSubstr("without the published run's sampling"));
}

TEST(Mme, ScoresHandCheckedSamples) {
  struct Case {
    const char* answer;
    double internvl, vlmevalkit;
  };
  for (const Case& c : {Case{"Yes", 1, 1}, {"是的", 1, 0}, {"The answer is yes", 0, 1}, {"true", 1, 0}, {"no", 0, 0}}) {
    const Sample sample = Question("1.jpg", "Yes");
    EXPECT_EQ(Official().score(sample, {.answers = {c.answer}}).value, c.internvl) << c.answer;
    EXPECT_EQ(ScoringNamed(Mme(), "vlmevalkit-2024-04").score(sample, {.answers = {c.answer}}).value, c.vlmevalkit);
  }
  EXPECT_TRUE(Official().score(Question("1.jpg", "Yes"), {.answers = {"maybe"}}).undecided);
}

TEST(Mme, AddsAccuracyAndAccuracyPlus) {
  std::vector<SampleScore> scores;
  for (const auto& [picture, reference, answer] : std::vector<std::array<const char*, 3>>{
           {"1", "Yes", "yes"}, {"1", "No", "no"}, {"2", "Yes", "yes"}, {"2", "No", "yes"}}) {
    scores.push_back(Official().score(Question(picture, reference), {.answers = {answer}}));
  }
  const std::vector<Score> columns = Official().aggregate(scores);
  EXPECT_EQ(columns.at(0).name, "perception + cognition (1 of 14 tasks)");
  EXPECT_EQ(columns.at(0).value, 125);
  EXPECT_EQ(columns.at(2).value, std::nullopt);
  EXPECT_EQ(columns.at(4).name, "count");
  EXPECT_EQ(columns.at(4).value, 125);
}

TEST(Mme, ALineBrokenByATabIsLeftOutOfTheAccuracyOnly) {
  const std::vector<Score> columns =
      Official().aggregate(std::vector{Official().score(Question("1", "Yes"), {.answers = {"yes"}}),
                                       Official().score(Question("1", "No"), {.answers = {"no\tno"}})});
  EXPECT_EQ(columns.at(4).value, 100);
  EXPECT_EQ(columns.at(4).undecided, 1);
}

}  // namespace
}  // namespace tessera
