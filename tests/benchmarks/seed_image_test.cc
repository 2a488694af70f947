#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

const Benchmark& SeedImage() { return FindBenchmark("seed-image"); }
const Scoring& Official() { return SeedImage().scorings.front(); }

Sample Question(const std::string& category, const std::string& type) {
  return {.id = "1", .references = {"B"}, .tags = {{"category", category}, {"question_type_id", type}}};
}

TEST(SeedImage, LoadsTheImageQuestionsWithTheAnnotatedAnswers) {
  const TempFolder folder;
  folder.Write(
      "SEED/seed.jsonl",
      R"({"question_id": 7, "image": "SEED-Bench-image/7", "answer": "A", "text": "Who?\nA. a\nB. b\nAnswer with the option's letter from the given choices directly."}
{"question_id": "v", "image": "v.png", "answer": "A", "text": "What happens?"}
)");
  folder.Write("SEED/SEED-Bench.json", R"({"question_type": {"Scene Understanding": 1, "Action Recognition": 10},
    "questions": [{"question_id": "7", "question_type_id": 1, "answer": "B"},
                  {"question_id": "v", "question_type_id": 10, "answer": "A"}]})");
  const std::vector<Sample> samples = LoadFrom(SeedImage(), folder.path());
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].references.at(0), "B");
  EXPECT_EQ(samples[0].tags.at("category"), "Scene Understanding");
  EXPECT_EQ(samples[0].choices.size(), 2u);
  for (const Recipe& recipe : SeedImage().recipes) {
    EXPECT_EQ(recipe.make_prompt(samples[0], samples[0].questions[0]),
              "Who?\nA. a\nB. b\nAnswer with the option's letter from the given choices directly.");
  }
}

TEST(SeedImage, RefusesAnAnnotationFileThatDoesNotFit) {
  const TempFolder folder;
  folder.Write("seed.jsonl", "{\"question_id\": 7, \"image\": \"7\", \"text\": \"Who?\"}\n");
  for (const char* annotations : {"{", "[]", R"({"question_type": {}, "questions": [{"question_id": 7}]})",
                                  R"({"question_type": {}, "questions": []})"}) {
    folder.Write("SEED-Bench.json", annotations);
    EXPECT_THROW(LoadFrom(SeedImage(), folder.path()), Error) << annotations;
  }
}

TEST(SeedImage, ScoresHandCheckedSamples) {
  for (const char* answer : {"B", "B. dog", "B\n", "Bus"}) {
    EXPECT_EQ(Official().score(Question("x", "1"), {.answers = {answer}}).value, 1) << answer;
  }
  for (const char* answer : {"(B)", " B", "b", "Answer: B", "**B**", "\u200b\u0042", "Ｂ"}) {
    EXPECT_EQ(Official().score(Question("x", "1"), {.answers = {answer}}).value, 0) << answer;
  }
}

TEST(SeedImage, AnEmptyAnswerIsWrongAndUndecided) {
  const SampleScore score = Official().score(Question("x", "1"), {.answers = {""}});
  EXPECT_EQ(score.value, 0);
  EXPECT_TRUE(score.undecided);
}

TEST(SeedImage, PoolsTheImageQuestions) {
  const std::vector<Score> scores =
      Official().aggregate(std::vector{Official().score(Question("Scene Understanding", "1"), {.answers = {"B. x"}}),
                                       Official().score(Question("Scene Understanding", "1"), {.answers = {"B"}}),
                                       Official().score(Question("Text Understanding", "9"), {.answers = {"C"}}),
                                       Official().score(Question("Text Understanding", "9"), {}),
                                       Official().score(Question("Action Prediction", "11"), {.answers = {"B"}})});
  const std::vector<std::pair<std::string, double>> kExpected = {{"image accuracy", 200.0 / 3},
                                                                 {"Scene Understanding", 100},
                                                                 {"Text Understanding", 0},
                                                                 {"Action Prediction", 100},
                                                                 {"video accuracy", 100},
                                                                 {"total accuracy", 75},
                                                                 {"Acc@1", 50}};
  ASSERT_EQ(scores.size(), kExpected.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    EXPECT_EQ(scores[i].name, kExpected[i].first);
    EXPECT_NEAR(scores[i].value.value(), kExpected[i].second, 1e-9) << scores[i].name;
  }
  EXPECT_EQ(scores[0].unscored, 1);
}

}  // namespace
}  // namespace tessera
