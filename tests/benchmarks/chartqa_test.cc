#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;

const Benchmark& ChartQa() { return FindBenchmark("chartqa"); }

constexpr std::string_view kHumanLine =
    R"({"image": "data/chartqa/ChartQA Dataset/test/png/a.png", "question": "How many?", "question_id": 0, "answer": "14"})";
constexpr std::string_view kAugmentedLine =
    R"({"image": "data/chartqa/ChartQA Dataset/test/png/b.png", "question": "Which?", "question_id": 0, "answer": ["x", "y"]})";

TEST(ChartQa, LoadsTheOfficialFiles) {
  const TempFolder folder;
  folder.Write("chartqa/test_human.jsonl", kHumanLine);
  folder.Write("chartqa/test_augmented.jsonl", kAugmentedLine);
  folder.Write("chartqa/ChartQA Dataset/test/png/a.png", "");
  const std::vector<Sample> samples = LoadFrom(ChartQa(), folder.path());
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].id, "test_human/0");
  EXPECT_EQ(samples[0].split, "test_human");
  EXPECT_EQ(samples[0].images.at(0).file, folder.path() / "chartqa/ChartQA Dataset/test/png/a.png");
  EXPECT_EQ(samples[1].id, "test_augmented/0");
  EXPECT_THAT(samples[1].references, ElementsAre("x", "y"));
  EXPECT_FALSE(std::filesystem::exists(samples[1].images.at(0).file));  // missing: that sample fails when decoded
}

TEST(ChartQa, LoadsTheVlmEvalKitFileWithRawAnswerCells) {
  const TempFolder folder;
  folder.Write("ChartQA_TEST.tsv", "index\timage\tquestion\tanswer\tsplit\n0\t" + std::string(80, 'A') +
                                       "\tq0\t[0.4, 0.6]\ttest_human\n1\t0\tq1\t\ttest_augmented\n");
  const std::vector<Sample> samples = LoadFrom(ChartQa(), folder.path());
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].split, "test_human");
  EXPECT_THAT(samples[0].references, ElementsAre("[0.4, 0.6]"));
  EXPECT_TRUE(samples[1].references.empty());
  EXPECT_EQ(samples[1].images, samples[0].images);
}

TEST(ChartQa, PromptsAreByteExact) {
  EXPECT_EQ(RecipeNamed(ChartQa(), "paper").make_prompt({}, "How many? "),
            "How many?  Answer the question using a single word or phrase.");
  EXPECT_EQ(RecipeNamed(ChartQa(), "vlmevalkit").make_prompt({}, "How many?"),
            "How many?\nAnswer the question using a single word or phrase.");
  EXPECT_EQ(RecipeNamed(ChartQa(), "paper").system_message,
            "You are an AI assistant whose name is InternLM (书生·浦语).");
}

TEST(ChartQa, ScoresFiveHandCheckedSamples) {
  const Scoring& scoring = ChartQa().scorings.front();
  EXPECT_EQ(scoring.name, "internvl-2024-04");
  struct Case {
    const char *reference, *answer;
    double value;
  };
  for (const Case& c :
       {Case{"2009", "2010", 1}, {"100", "95", 0}, {"14%", "0.14", 1}, {"Yes", " yes\n", 1}, {"1000", "1,000", 0}}) {
    const Sample sample{.id = "1", .split = "test_human", .references = {c.reference}};
    EXPECT_EQ(scoring.score(sample, {.answers = {c.answer}}).value, c.value) << c.reference << " " << c.answer;
  }
}

TEST(ChartQa, EachScoringReadsTheAnswerCellItsOwnWay) {
  const Sample sample{.id = "1", .split = "test_human", .references = {"[0.4, 100]"}};
  const auto value = [&](std::string_view scoring, const char* answer) {
    return ScoringNamed(ChartQa(), scoring).score(sample, {.answers = {answer}}).value;
  };
  EXPECT_EQ(value("internvl-2024-04", "0.4"), 0);
  EXPECT_EQ(value("internvl-2024-04", "[0.4, 100]"), 1);
  EXPECT_EQ(value("vlmevalkit-2024-04", "0.4"), 1);
  EXPECT_EQ(value("vlmevalkit-2024-04", "95"), 0);
  EXPECT_EQ(value("vlmevalkit-2026-08", "95"), 1);
}

TEST(ChartQa, LeavesASampleWithoutReferenceOrAnswerUnscored) {
  for (const Scoring& scoring : ChartQa().scorings) {
    EXPECT_EQ(scoring.score({.id = "1"}, {.answers = {"x"}}).value, std::nullopt);
    EXPECT_EQ(scoring.score({.id = "1", .references = {"x"}}, {}).value, std::nullopt);
    EXPECT_EQ(scoring.score({.id = "1", .references = {"[]", "x"}}, {.answers = {"x"}}).value, 1);
  }
  EXPECT_EQ(ScoringNamed(ChartQa(), "vlmevalkit-2024-04").score({.references = {"[]"}}, {.answers = {"x"}}).value,
            std::nullopt);
}

SampleScore Scored(const char* split, std::optional<double> value) {
  return {.value = value, .tags = {{"split", split}}};
}

TEST(ChartQa, TheHeadlineIsTheMeanOfBothHalves) {
  const std::vector<SampleScore> scores = {Scored("test_human", 1), Scored("test_human", 0),
                                           Scored("test_human", std::nullopt), Scored("test_augmented", 1)};
  const auto official = ScoringNamed(ChartQa(), "internvl-2024-04").aggregate(scores);
  ASSERT_EQ(official.size(), 3u);
  EXPECT_EQ(official[0].name, "relaxed accuracy");
  EXPECT_EQ(official[0].value, 75);
  EXPECT_EQ(official[0].scored, 3);
  EXPECT_EQ(official[0].unscored, 1);
  EXPECT_EQ(official[1].name, "human");
  EXPECT_EQ(official[1].value, 50);
  EXPECT_EQ(official[2].value, 100);
  const auto toolkit = ScoringNamed(ChartQa(), "vlmevalkit-2024-04").aggregate(scores);
  EXPECT_NEAR(toolkit[0].value.value(), 200.0 / 3, 1e-9);  // over all rows
}

TEST(ChartQa, TheHeadlineSaysWhenAHalfIsMissing) {
  for (const Scoring& scoring : ChartQa().scorings) {
    const auto scores = scoring.aggregate(std::vector{Scored("test_augmented", 1)});
    EXPECT_EQ(scores[0].name, "relaxed accuracy (augmented only)");
    EXPECT_EQ(scores[0].value, 100);
    EXPECT_EQ(scores[1].value, std::nullopt);
    EXPECT_EQ(scoring.aggregate(std::vector{Scored("test_human", 1)})[0].name, "relaxed accuracy (human only)");
  }
}

TEST(ChartQa, HasNoOfficialHeadlineWhileAHalfIsUnscored) {
  const std::vector<SampleScore> scores = {Scored("test_human", 1), Scored("test_augmented", std::nullopt)};
  EXPECT_EQ(ScoringNamed(ChartQa(), "internvl-2024-04").aggregate(scores)[0].value, std::nullopt);
}

}  // namespace
}  // namespace tessera
