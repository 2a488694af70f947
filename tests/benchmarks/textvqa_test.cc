#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "benchmarks/tsv_samples.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Benchmark& TextVqa() { return FindBenchmark("textvqa"); }

/// Ten references: `equal` times "stop", else "other".
Sample WithAgreement(std::size_t equal) {
  Sample sample{.id = "1", .references = std::vector<std::string>(10, "other")};
  std::fill_n(sample.references.begin(), equal, "stop");
  return sample;
}

void WriteOfficial(const TempFolder& folder, const std::string& answers) {
  folder.Write("textvqa/textvqa_val.jsonl",
               R"({"image": "data/textvqa/train_images/a.jpg", "question": "what?", "question_id": 34602, )"
               R"("answer": "x"})");
  folder.Write("textvqa/train_images/a.jpg", "");
  folder.Write("textvqa/textvqa_val_annotations.json",
               R"({"annotations": [{"question_id": 34602, "answers": )" + answers + "}]}");
}

TEST(TextVqa, QuestionsWithOcrTokensAreASplitOfTheirOwnWithoutThePapersNumber) {
  const TempFolder folder;
  WriteOfficial(folder, R"([{"answer": "dakota", "answer_id": 1}])");
  folder.Write("textvqa/textvqa_val_llava.jsonl",
               R"({"image": "data/textvqa/train_images/a.jpg", "question_id": 34602, "answer": "x", )"
               R"("question": "what?\nReference OCR token: DAKOTA"})");
  const std::optional<FoundData> found = FindData(TextVqa(), folder.path(), "val-ocr");
  ASSERT_TRUE(found);
  const Sample sample = found->source->load(found->folder, *found->source).at(0);
  EXPECT_EQ(sample.questions.at(0), "what?\nReference OCR token: DAKOTA");
  EXPECT_EQ(sample.split, "val-ocr");
  EXPECT_EQ(FindData(TextVqa(), folder.path())->source->split, "val");
  for (const PaperValue& value : TextVqa().paper) EXPECT_NE(value.split, sample.split);
}

TEST(TextVqa, JoinsTheAnnotations) {
  const TempFolder folder;
  WriteOfficial(folder, R"([{"answer": "dakota", "answer_id": 1}, {"answer": "Dakota"}])");
  const Sample sample = LoadFrom(TextVqa(), folder.path()).at(0);
  EXPECT_EQ(sample.id, "34602");
  EXPECT_THAT(sample.references, ElementsAre("dakota", "Dakota"));
  EXPECT_EQ(sample.images.at(0).file, folder.path() / "textvqa/train_images/a.jpg");
  EXPECT_EQ(LoadFrom(TextVqa(), folder.path() / "textvqa").at(0).images.at(0).file,
            folder.path() / "textvqa/train_images/a.jpg");
}

TEST(TextVqa, RefusesABrokenAnnotation) {
  const TempFolder folder;
  for (const char* answers : {"[\"dakota\"]", "[{}]", "[{\"answer\": 7}]", "\"dakota\""}) {
    WriteOfficial(folder, answers);
    try {
      LoadFrom(TextVqa(), folder.path());
      FAIL() << answers;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("annotations[0].answers: expected"));
    }
  }
}

TEST(TextVqa, PromptsAndLimitsArePublishedOnes) {
  EXPECT_EQ(RecipeNamed(TextVqa(), "paper").make_prompt({}, "what?"),
            "what? Answer the question using a single word or phrase.");
  EXPECT_EQ(RecipeNamed(TextVqa(), "vlmevalkit").make_prompt({}, "what?"),
            "what?\nAnswer the question using a single word or phrase.");
  EXPECT_EQ(RecipeNamed(TextVqa(), "paper").max_tiles, 24);
  EXPECT_EQ(RecipeNamed(TextVqa(), "paper").max_new_tokens, 10);
  EXPECT_EQ(RecipeNamed(TextVqa(), "vlmevalkit").max_tiles, 6);
}

TEST(TextVqa, ScoresHandCheckedSamples) {
  for (const Scoring& scoring : TextVqa().scorings) {
    const auto value = [&](std::size_t equal, const char* answer) {
      return scoring.score(WithAgreement(equal), {.answers = {answer}}).value.value();
    };
    EXPECT_EQ(value(0, "stop"), 0);
    EXPECT_NEAR(value(1, "Stop"), 0.3, 1e-12);
    EXPECT_NEAR(value(2, "the stop."), 0.6, 1e-12);
    EXPECT_NEAR(value(3, " STOP!\n"), 0.9, 1e-12);
    EXPECT_EQ(value(4, "stop"), 1);
    EXPECT_EQ(value(10, "stop sign"), 0);
  }
}

TEST(TextVqa, OnlyTheOfficialScoringNeedsTenAnswers) {
  Sample sample = WithAgreement(10);
  sample.references.pop_back();
  for (const Scoring& scoring : TextVqa().scorings) {
    const SampleScore score = scoring.score(sample, {.answers = {"Stop"}});
    EXPECT_EQ(score.extracted, "stop");
    EXPECT_EQ(score.value.has_value(), scoring.name != "internvl-2024-04") << scoring.name;
    EXPECT_EQ(scoring.score({.id = "1"}, {.answers = {"stop"}}).value, std::nullopt);
    EXPECT_EQ(scoring.score(WithAgreement(10), {}).value, std::nullopt);
  }
}

TEST(TextVqa, ReproducesAPublishedScoreFromItsPredictions) {
  const std::filesystem::path file = std::filesystem::path(TESSERA_SOURCE_DIR) /
                                     "../shared/data/real/textvqa/vlmevalkit_vila_8b/vila_8b_TextVQA_VAL.tsv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no published predictions beside the repository";
  const std::vector<Sample> samples = ReadAnswerListTsv(file, "val");
  ASSERT_EQ(samples.size(), 5000u);
  const Scoring& scoring = ScoringNamed(TextVqa(), "vlmevalkit-2024-04");
  std::vector<SampleScore> scores;
  for (const Sample& sample : samples) {
    const auto prediction = sample.tags.find("prediction");  // what pandas reads as missing is scored as "nan"
    scores.push_back(
        scoring.score(sample, {.answers = {prediction == sample.tags.end() ? "nan" : prediction->second}}));
  }
  const Score accuracy = scoring.aggregate(scores).at(0);
  EXPECT_NEAR(accuracy.value.value(), 60.16199999999999, 1e-9);
  EXPECT_EQ(accuracy.scored, 5000);
}

}  // namespace
}  // namespace tessera
