#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;

const Benchmark& MmtBench() { return FindBenchmark("mmtbench"); }
const Scoring& Authors() { return MmtBench().scorings.front(); }
const Scoring& Newer() { return ScoringNamed(MmtBench(), "vlmevalkit-2026-08"); }

Sample Question(const std::string& meta_task, const std::string& subtask, const std::string& split = "VAL") {
  return {.id = "1",
          .split = split,
          .choices = {{"A", "bus"}, {"B", "tram"}, {"H", "van"}, {"I", "boat"}},
          .references = {"I"},
          .tags = {{"category", subtask}, {"l2-category", meta_task}}};
}

std::string LoadError(const TempFolder& folder) {
  try {
    LoadFrom(MmtBench(), folder.path());
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string Tsv(const std::string& answer, const std::string& image, const std::string& category = "font") {
  return "index\timage\tquestion\tA\tI\tanswer\tcategory\tl2-category\tsplit\n1\t" + image + "\tWhich?\tbus\tboat\t" +
         answer + "\t" + category + "\tocr\tVAL\n";
}

TEST(MmtBench, LoadsMergedAndSeparatePictures) {
  const TempFolder folder;
  const std::string picture(80, 'A');
  folder.Write("mmtbench/MMT-Bench_VAL_MI.tsv", Tsv("I", "\"['" + picture + "', '" + picture + "']\""));
  const Sample separate = LoadFrom(MmtBench(), folder.path()).at(0);
  ASSERT_EQ(separate.images.size(), 2u);
  const Recipe& paper = MmtBench().recipes.front();
  EXPECT_EQ(paper.make_prompt(separate, separate.questions[0]),
            "Which?\nA. bus\nI. boat\nAnswer with the option's letter from the given choices directly."
            "\n<image>\n<image>");
  ASSERT_EQ(paper.choose_pictures(separate, 6).size(), 1u);
  EXPECT_TRUE(paper.choose_pictures(separate, 6).at(0).as_jpeg);
  const Recipe& newer = RecipeNamed(MmtBench(), "vlmevalkit-2026-08");
  EXPECT_EQ(newer.make_prompt(separate, separate.questions[0]),
            "Which?\nA. bus\nI. boat\nAnswer with the option's letter from the given choices directly.");
  EXPECT_EQ(newer.choose_pictures(separate, 6).size(), 2u);

  folder.Write("mmtbench/MMT-Bench_VAL.tsv", Tsv("I", picture));  // goes first
  const Sample merged = LoadFrom(MmtBench(), folder.path()).at(0);
  EXPECT_EQ(merged.images.size(), 1u);
  EXPECT_EQ(merged.split, "VAL");
  EXPECT_EQ(paper.make_prompt(merged, "Which?"), newer.make_prompt(merged, "Which?"));
}

TEST(MmtBench, BadRowsAreErrorsWithTheirPlace) {
  const TempFolder folder;
  const std::string picture(80, 'A');
  folder.Write("MMT-Bench_VAL.tsv", Tsv("J", picture));
  EXPECT_THAT(LoadError(folder), HasSubstr("MMT-Bench_VAL.tsv: sample 1: field \"answer\": expected a letter from A"));
  folder.Write("MMT-Bench_VAL.tsv", Tsv("I", picture, ""));
  EXPECT_THAT(LoadError(folder), HasSubstr("sample 1: no \"category\""));
  folder.Write("MMT-Bench_VAL.tsv", Tsv("", picture));
  EXPECT_TRUE(LoadFrom(MmtBench(), folder.path()).at(0).references.empty());
}

TEST(MmtBench, ScoresHandCheckedSamples) {
  struct Case {
    const char* answer;
    double authors, newer;
    bool undecided;
  };
  for (const Case& c : {Case{"I", 1, 1, false},
                        {"(H)", 0, 0, false},
                        {"It is a boat.", 1, 1, false},
                        {"I or H", 0, 0, true},
                        {"I is right, as the picture shows", 1, 0, false},
                        {"a train", 0, 0, true}}) {
    const SampleScore score = Authors().score(Question("ocr", "font"), {.answers = {c.answer}});
    EXPECT_EQ(score.value, c.authors) << c.answer;
    EXPECT_EQ(score.undecided, c.undecided) << c.answer;
    EXPECT_EQ(Newer().score(Question("ocr", "font"), {.answers = {c.answer}}).value, c.newer) << c.answer;
  }
}

TEST(MmtBench, ReportsBothReadingsOfOverallWithAndWithoutRecognition) {
  std::vector<SampleScore> scores;
  for (const auto& [meta_task, subtask, answer] :
       std::vector<std::array<const char*, 3>>{{"visual_recognition", "dog", "I"},
                                               {"visual_recognition", "dog", "I"},
                                               {"ocr", "font", "I"},
                                               {"ocr", "font", "A"},
                                               {"ocr", "hand", "A"}}) {
    scores.push_back(Authors().score(Question(meta_task, subtask), {.answers = {answer}}));
  }
  const std::vector<Score> columns = Authors().aggregate(scores);
  EXPECT_EQ(columns.at(0).value, 60);
  EXPECT_DOUBLE_EQ(columns.at(1).value.value(), 100 / 3.);
  EXPECT_EQ(columns.at(2).value, 50);
  EXPECT_EQ(columns.at(3).value, 25);
  EXPECT_EQ(columns.at(4).name, "OCR");
  EXPECT_DOUBLE_EQ(columns.at(4).value.value(), 100 / 3.);
  EXPECT_EQ(columns.back().name, "hand");
  EXPECT_EQ(Newer().aggregate(scores).at(4).value, 25);

  scores.push_back(Authors().score(Question("ocr", "font", "TEST"), {.answers = {"A"}}));
  EXPECT_EQ(Authors().aggregate(scores).at(0).value, 50);
  EXPECT_EQ(Authors().aggregate(scores).back().name, "VAL: Overall");
  EXPECT_EQ(Authors().aggregate(scores).back().value, 60);
}

}  // namespace
}  // namespace tessera
