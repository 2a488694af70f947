#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Benchmark& InfoVqa() { return FindBenchmark("infovqa"); }

constexpr const char* kGroundTruth = "infographicsvqa/infographicsVQA_val_v1.0_withQT.json";

/// One question in the official layout.
void WriteOfficial(const TempFolder& folder, const std::string& types) {
  folder.Write("infographicsvqa/val.jsonl",
               R"({"image": "data/infographicsvqa/infographicsvqa_images/1.jpeg", "question": "How many?",)"
               R"( "question_id": 65718, "answer": ["old"]})");
  folder.Write("infographicsvqa/infographicsvqa_images/1.jpeg", "");
  folder.Write(kGroundTruth,
               R"({"dataset_name": "d", "data": [{"questionId": 65718, "answers": ["63,000"], )" + types + "}]}");
}

TEST(InfoVqa, TakesAnswersAndTypesOfTheGroundTruthFile) {
  const TempFolder folder;
  WriteOfficial(folder, R"("answer_type": ["image span"], "evidence": ["map", "textual"], "operation/reasoning": [])");
  const Sample sample = LoadFrom(InfoVqa(), folder.path()).at(0);
  EXPECT_THAT(sample.references, ElementsAre("63,000"));
  EXPECT_EQ(sample.tags.at("answer"), "Image-Span");
  EXPECT_EQ(sample.tags.at("evidence"), "Map|Text");
  EXPECT_EQ(sample.tags.at("operation"), "");
  EXPECT_EQ(sample.images.at(0).file, folder.path() / "infographicsvqa/infographicsvqa_images/1.jpeg");
  std::filesystem::remove(folder.path() / kGroundTruth);
  EXPECT_EQ(FindData(InfoVqa(), folder.path())->source->format, "official-jsonl");
  EXPECT_TRUE(LoadFrom(InfoVqa(), folder.path()).at(0).tags.empty());
}

TEST(InfoVqa, RefusesAnUnknownType) {
  const TempFolder folder;
  WriteOfficial(folder, R"("answer_type": ["image"], "evidence": [], "operation/reasoning": [])");
  try {
    LoadFrom(InfoVqa(), folder.path());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr("withQT.json: data[0].answer_type: expected types of the official scorer"));
  }
}

TEST(InfoVqa, PromptsAndLimitsArePublishedOnes) {
  for (const Recipe& recipe : InfoVqa().recipes) EXPECT_EQ(recipe.max_tiles, 24) << recipe.name;
  EXPECT_EQ(RecipeNamed(InfoVqa(), "paper").make_prompt({}, "Which?"),
            "Which? Answer the question using a single word or phrase.");
  EXPECT_EQ(RecipeNamed(InfoVqa(), "vlmevalkit").make_prompt({}, "Which?"),
            "Which?\nAnswer the question using a single word or phrase.");
}

TEST(InfoVqa, ScoresHandCheckedSamples) {
  struct Case {
    const char *reference, *answer;
    double value;
  };
  for (const Case& c : {Case{"63,000", "63000", 5 / 6.0},
                        {"1980–1990", "1980-1990", 8 / 9.0},
                        {"Facebook, Twitter", "Twitter, Facebook", 0},
                        {"red", "Red ", 1},
                        {"25%", "25", 2 / 3.0}}) {
    const Sample sample{.id = "1", .references = {c.reference}};
    for (const Scoring& scoring : InfoVqa().scorings) {
      EXPECT_NEAR(scoring.score(sample, {.answers = {c.answer}}).value.value(), c.value, 1e-12) << c.answer;
    }
  }
}

TEST(InfoVqa, OnlyTheOfficialScoringBreaksDownByType) {
  const Sample sample{.id = "1", .references = {"x"}, .tags = {{"answer", "Image-Span"}, {"evidence", "Map"}}};
  for (const Scoring& scoring : InfoVqa().scorings) {
    const bool official = scoring.name == "internvl-2024-04";
    const auto columns = scoring.aggregate(std::vector{scoring.score(sample, {.answers = {"x"}})});
    EXPECT_EQ(columns.at(0).name, "ANLS");
    EXPECT_EQ(columns.at(0).value, 100);
    EXPECT_EQ(columns.size(), official ? 13u : 1u);
    const Sample without_types{.id = "1", .references = {"x"}};
    EXPECT_EQ(scoring.aggregate(std::vector{scoring.score(without_types, {.answers = {"x"}})}).size(), 1u);
  }
}

}  // namespace
}  // namespace tessera
