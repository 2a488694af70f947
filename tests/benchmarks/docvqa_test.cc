#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;

const Benchmark& DocVqa() { return FindBenchmark("docvqa"); }

constexpr std::string_view kLine =
    R"({"image": "data/docvqa/val/documents/a.png", "question": "Who?", "question_id": 49153, "answer": ["old"]})";
constexpr std::string_view kGroundTruth =
    R"({"dataset_name": "d", "data": [{"questionId": 49153, "question": "Who?", "answers": ["Ann", "Ann B."]}]})";

TEST(DocVqa, TakesTheAnswersOfTheGroundTruthFile) {
  const TempFolder folder;
  folder.Write("docvqa/val.jsonl", kLine);
  folder.Write("docvqa/val/documents/a.png", "");
  EXPECT_EQ(FindData(DocVqa(), folder.path())->source->format, "official-jsonl");
  EXPECT_THAT(LoadFrom(DocVqa(), folder.path()).at(0).references, ElementsAre("old"));
  folder.Write("docvqa/val/val_v1.0_withQT.json", kGroundTruth);
  EXPECT_EQ(FindData(DocVqa(), folder.path())->source->format, "official-withqt");
  folder.Write("docvqa/val/val_v1.0.json", kGroundTruth);
  EXPECT_EQ(FindData(DocVqa(), folder.path())->source->format, "official");
  const Sample sample = LoadFrom(DocVqa(), folder.path()).at(0);
  EXPECT_EQ(sample.id, "49153");
  EXPECT_EQ(sample.split, "val");
  EXPECT_THAT(sample.references, ElementsAre("Ann", "Ann B."));
  EXPECT_EQ(sample.images.at(0).file, folder.path() / "docvqa/val/documents/a.png");
}

TEST(DocVqa, LoadsTheTestSplitWithoutAnswers) {
  const TempFolder folder;
  folder.Write("docvqa/test.jsonl", R"({"image": "data/docvqa/test/b.png", "question": "Who?", "question_id": 7})");
  const Sample sample = LoadFrom(DocVqa(), folder.path()).at(0);
  EXPECT_EQ(sample.split, "test");
  for (const Scoring& scoring : DocVqa().scorings) {
    EXPECT_EQ(scoring.score(sample, {.answers = {"Ann"}}).value, std::nullopt);
  }
}

TEST(DocVqa, ReadsTheListCellsOfTheVlmEvalKitFile) {
  const TempFolder folder;
  folder.Write("DocVQA_VAL.tsv", "index\timage\tquestion\tanswer\tsplit\n0\t" + std::string(80, 'A') +
                                     "\tq\t['1/8/93', \"it's\"]\tval\n1\t0\tq\tplain, text\tval\n2\t0\tq\t[0.4]\tval\n"
                                     "3\t0\tq\t[]\tval\n4\t0\tq\t\tval\n");
  const std::vector<Sample> samples = LoadFrom(DocVqa(), folder.path());
  ASSERT_EQ(samples.size(), 5u);
  EXPECT_THAT(samples[0].references, ElementsAre("1/8/93", "it's"));
  EXPECT_THAT(samples[1].references, ElementsAre("plain, text"));
  EXPECT_EQ(samples[1].images, samples[0].images);
  for (std::size_t i = 2; i < 5; ++i) EXPECT_TRUE(samples[i].references.empty()) << i;
}

TEST(DocVqa, PromptsAndLimitsArePublishedOnes) {
  EXPECT_EQ(RecipeNamed(DocVqa(), "paper").make_prompt({}, "Who? "),
            "Who?  Answer the question using a single word or phrase.");
  EXPECT_EQ(RecipeNamed(DocVqa(), "vlmevalkit").make_prompt({}, "Who?"),
            "Who?\nAnswer the question using a single word or phrase.");
  EXPECT_EQ(RecipeNamed(DocVqa(), "paper").max_tiles, 18);
  EXPECT_EQ(RecipeNamed(DocVqa(), "vlmevalkit").max_tiles, 12);
  EXPECT_EQ(RecipeNamed(DocVqa(), "vlmevalkit-2026-08").max_tiles, 18);
}

TEST(DocVqa, ScoresHandCheckedSamples) {
  const Sample sample{.id = "1", .references = {"1/8/93", "January 8"}};
  for (const Scoring& scoring : DocVqa().scorings) {
    const auto value = [&](const char* answer) { return scoring.score(sample, {.answers = {answer}}).value.value(); };
    EXPECT_EQ(value("1/8/93"), 1);
    EXPECT_EQ(value(" january  8"), 1);
    EXPECT_NEAR(value("1/8/1993"), 0.75, 1e-12);
    EXPECT_NEAR(value("January 18"), 0.9, 1e-12);
    EXPECT_EQ(value("February"), 0);  // at best 4 of 9
    EXPECT_EQ(value(""), 0);
    EXPECT_EQ(scoring.score(sample, {}).value, std::nullopt);
  }
}

TEST(DocVqa, OnlyVlmEvalKitListsSplitsOrCategories) {
  const auto score = [](double value, std::map<std::string, std::string> tags) {
    return SampleScore{.value = value, .tags = std::move(tags)};
  };
  const std::vector<SampleScore> with_split = {score(1, {{"split", "val"}, {"category", "c"}}),
                                               score(0.5, {{"split", "dev"}, {"category", "c"}})};
  EXPECT_EQ(DocVqa().scorings.front().aggregate(with_split).size(), 1u);
  const Scoring& toolkit = ScoringNamed(DocVqa(), "vlmevalkit-2026-08");
  const std::vector<Score> splits = toolkit.aggregate(with_split);
  ASSERT_EQ(splits.size(), 3u);
  EXPECT_EQ(splits[0].name, "ANLS");
  EXPECT_EQ(splits[0].value, 75);
  EXPECT_EQ(splits[1].name, "dev");
  EXPECT_EQ(splits[1].value, 50);
  const std::vector<Score> categories = toolkit.aggregate(std::vector{score(1, {{"category", "c"}})});
  ASSERT_EQ(categories.size(), 2u);
  EXPECT_EQ(categories[1].name, "c");
}

}  // namespace
}  // namespace tessera
