#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "harness/base/error.h"
#include "harness/base/json_fields.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path kReal = std::filesystem::path(TESSERA_SOURCE_DIR) / "../shared/data/real";

const Benchmark& OcrBench() { return FindBenchmark("ocrbench"); }
const Scoring& PaperScoring() { return OcrBench().scorings.front(); }

Sample Question(std::string category, std::vector<std::string> references) {
  return {.id = "0", .references = std::move(references), .tags = {{"category", std::move(category)}}};
}

std::string LoadError(const TempFolder& folder) {
  try {
    LoadFrom(OcrBench(), folder.path());
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(OcrBench, LoadsTheAuthorsFile) {
  const TempFolder folder;
  folder.Write("OCRBench.json", R"([
    {"dataset_name": "ctw", "id": 7, "image_path": "ctw/1.jpg", "question": "what is written in the image?",
     "answers": ["ANTONIOS", "ANTONIO'S"], "type": "Irregular Text Recognition"},
    {"dataset_name": "HME", "id": 7, "image_path": "hme/1.jpg", "question": "Write it.", "answers": "x",
     "type": "Handwritten Mathematical Expression Recognition"}])");
  folder.Write("OCRBench_Images/hme/1.jpg", "");
  const std::vector<Sample> samples = LoadFrom(OcrBench(), folder.path());
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[1].id, "1");
  EXPECT_EQ(samples[1].images.at(0).file, folder.path() / "OCRBench_Images/hme/1.jpg");
  EXPECT_THAT(samples[0].references, ElementsAre("ANTONIOS", "ANTONIO'S"));
  EXPECT_THAT(samples[1].references, ElementsAre("x"));
  const Recipe& paper = OcrBench().recipes.front();
  EXPECT_EQ(paper.make_prompt(samples[1], samples[1].questions[0]),
            "Write it.\nAnswer the question using a single word or phrase.");
  EXPECT_TRUE(paper.choose_pictures(samples[0], 24).at(0).as_jpeg);
}

TEST(OcrBench, LoadsVlmEvalKitsFile) {
  const TempFolder folder;
  const std::string header = "index\timage\tquestion\tanswer\tcategory\n0\t" + std::string(80, 'A') + "\tq\t";
  folder.Write("OCRBench.tsv", header + "['a', \"b's\"]\tDoc-oriented VQA\n");
  EXPECT_THAT(LoadFrom(OcrBench(), folder.path()).at(0).references, ElementsAre("a", "b's"));
  folder.Write("OCRBench.tsv", header + "a\tDoc-oriented VQA\n");
  EXPECT_THAT(LoadError(folder), HasSubstr("sample 0: field \"answer\": expected a list of texts, found a"));
  folder.Write("OCRBench.tsv", header + "[1]\tDoc-oriented VQA\n");
  EXPECT_THAT(LoadError(folder), HasSubstr("expected a list of texts, found [1]"));
  folder.Write("OCRBench.tsv", header + "['a']\tPoems\n");
  EXPECT_THAT(LoadError(folder), HasSubstr("expected a category of OCRBench, found \"Poems\""));
}

TEST(OcrBench, BadRecordsAreErrorsWithTheirPlace) {
  const TempFolder folder;
  const auto write = [&](const std::string& path, const std::string& answers, const std::string& type) {
    folder.Write("OCRBench.json", R"([{"dataset_name": "d", "image_path": ")" + path +
                                      R"(", "question": "q", "answers": )" + answers + R"(, "type": ")" + type +
                                      "\"}]");
    return LoadError(folder);
  };
  EXPECT_THAT(write("1.jpg", "\"x\"", "Poems"), HasSubstr("record 1: type: expected a category of OCRBench"));
  EXPECT_THAT(write("../1.jpg", "\"x\"", "Doc-oriented VQA"), HasSubstr("record 1: image_path: expected a relative"));
  EXPECT_THAT(write("1.jpg", "[]", "Doc-oriented VQA"), HasSubstr("found an empty array"));
  EXPECT_THAT(write("1.jpg", "[1]", "Doc-oriented VQA"), HasSubstr("found one with the number 1"));
  folder.Write("OCRBench.json", "{}");
  EXPECT_THAT(LoadError(folder), HasSubstr("expected an array of objects"));
  folder.Write("OCRBench.json", "[1]");
  EXPECT_THAT(LoadError(folder), HasSubstr("record 1: expected an object"));
}

TEST(OcrBench, ScoresHandCheckedSamples) {
  struct Case {
    const char *category, *answer, *reference;
    double value;
  };
  const char* formula = "Handwritten Mathematical Expression Recognition";
  for (const Case& c : {Case{"Doc-oriented VQA", "It is $7.99.", "$7.99", 1},
                        {"Key Information Extraction", "7.9", "7.99", 0},
                        {"Handwriting Recognition", "HELLO", "hello", 1},
                        {formula, "x ^ 2", "x^2", 1},
                        {formula, "X^2", "x^2", 0}}) {
    const SampleScore score = PaperScoring().score(Question(c.category, {c.reference}), {.answers = {c.answer}});
    EXPECT_EQ(score.value, c.value) << c.answer;
    EXPECT_FALSE(score.undecided);
  }
  EXPECT_EQ(PaperScoring().score(Question(formula, {}), {.answers = {"x"}}).value, std::nullopt);
  EXPECT_THROW(PaperScoring().score(Question("Poems", {"x"}), {.answers = {"x"}}), Error);
  EXPECT_EQ(PaperScoring().score(Question("Poems", {"x"}), {.answers = {"y"}}).value, 0);
}

TEST(OcrBench, CountsPointsPerColumn) {
  std::vector<SampleScore> scores;
  for (const char* category : {"Digit String Recognition", "Regular Text Recognition", "Doc-oriented VQA"}) {
    scores.push_back(PaperScoring().score(Question(category, {"7"}), {.answers = {"7"}}));
  }
  scores.push_back(PaperScoring().score(Question("Doc-oriented VQA", {"7"}), {.answers = {"8"}}));
  scores.push_back(PaperScoring().score(Question("Doc-oriented VQA", {"7"}), {}));
  const std::vector<Score> table = PaperScoring().aggregate(scores);
  EXPECT_EQ(table.at(0).value, 3);
  EXPECT_EQ(table.at(1).value, 2);
  EXPECT_EQ(table.at(3).name, "Doc-oriented VQA");
  EXPECT_EQ(table.at(3).value, 1);
  EXPECT_EQ(table.at(3).scored, 2);
  EXPECT_EQ(table.at(3).unscored, 1);
  EXPECT_EQ(table.at(4).value, std::nullopt);
  EXPECT_EQ(table.at(6).value, 0.3);
}

TEST(OcrBench, ReproducesThePublishedScoreOfStoredPredictions) {
  const std::filesystem::path stored = kReal / "ocrbench/vlmevalkit_vila_8b";
  if (!std::filesystem::exists(stored)) GTEST_SKIP() << stored << " is not there";
  const TempFolder folder;
  std::filesystem::copy_file(stored / "vila_8b_OCRBench.tsv", folder.path() / "OCRBench.tsv");
  std::vector<SampleScore> scores;
  for (const Sample& sample : LoadFrom(OcrBench(), folder.path())) {
    scores.push_back(PaperScoring().score(sample, {.answers = {sample.tags.at("prediction")}}));
  }
  const Json expected = ReadJsonFile(stored / "vila_8b_OCRBench_score.json");
  for (const Score& column : PaperScoring().aggregate(scores)) EXPECT_EQ(column.value, expected.at(column.name));
}

TEST(OcrBench, TheAuthorsFileHasTheQuestionsThatVlmEvalKitScored) {
  if (!std::filesystem::exists(kReal)) GTEST_SKIP() << kReal << " is not there";
  const TempFolder folder;
  std::filesystem::copy_file(kReal / "ocrbench/vlmevalkit_vila_8b/vila_8b_OCRBench.tsv",
                             folder.path() / "OCRBench.tsv");
  const std::vector<Sample> scored = LoadFrom(OcrBench(), folder.path());
  const std::vector<Sample> official = LoadFrom(OcrBench(), kReal);
  ASSERT_EQ(official.size(), 1000u);
  for (std::size_t i = 0; i < official.size(); ++i) {
    EXPECT_EQ(official[i].id, scored.at(i).id);
    EXPECT_EQ(official[i].questions, scored[i].questions);
    EXPECT_EQ(official[i].references, scored[i].references);
  }
}

}  // namespace
}  // namespace tessera
