#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Sample> Load(std::string_view benchmark, const TempFolder& folder) {
  const auto found = FindData(FindBenchmark(benchmark), folder.path());
  return found.value().source->load(found->folder, *found->source);
}

std::string LoadFailure(std::string_view benchmark, const std::string& file, std::string_view content) {
  const TempFolder folder;
  folder.Write(file, content);
  try {
    Load(benchmark, folder);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "no error";
}

std::optional<double> Value(std::string_view benchmark, std::string_view scoring, const Sample& sample,
                            const std::string& answer) {
  return ScoringNamed(FindBenchmark(benchmark), scoring).score(sample, {.answers = {answer}}).value;
}

TEST(OwnData, IsNotPartOfAll) {
  for (const Benchmark* own : OwnDataBenchmarks()) {
    EXPECT_EQ(&FindBenchmark(own->name), own);
    for (const Benchmark* benchmark : Catalog()) EXPECT_NE(benchmark->name, own->name);
  }
}

TEST(OwnVqa, ReadsJsonLinesWithSeveralPicturesAndAnswers) {
  const TempFolder folder;
  folder.Write(
      "vqa.jsonl",
      R"({"id": "q1", "image": ["a.png", "b.png"], "question": "How many?", "answer": ["7", "seven"], "category": "count"})");
  const std::vector<Sample> samples = Load("vqa", folder);
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].images.size(), 2u);
  EXPECT_THAT(samples[0].references, ElementsAre("7", "seven"));
  EXPECT_EQ(samples[0].tags.at("category"), "count");
}

TEST(OwnVqa, AsksForAShortAnswer) {
  EXPECT_EQ(FindBenchmark("vqa").recipes[0].make_prompt({}, "What?"),
            "What? Answer the question using a single word or phrase.");
}

TEST(OwnVqa, ScoresExactlyRelaxedOrByEditDistance) {
  const Sample sample{.references = {"100", "hundred"}};
  EXPECT_EQ(Value("vqa", "exact", sample, " Hundred "), 1);
  EXPECT_EQ(Value("vqa", "exact", sample, "101"), 0);
  EXPECT_EQ(Value("vqa", "relaxed", sample, "101"), 1);
  EXPECT_EQ(Value("vqa", "relaxed", sample, "106"), 0);
  EXPECT_EQ(Value("vqa", "anls", sample, "hundrec"), 1 - 1.0 / 7);
  EXPECT_EQ(Value("vqa", "exact", {}, "x"), std::nullopt);  // no reference: unscored
}

TEST(OwnVqa, AveragesOverAllAndByCategory) {
  const std::vector<SampleScore> scores = {{.value = 1, .tags = {{"category", "x"}}},
                                           {.value = 0, .tags = {{"category", "y"}}},
                                           {.value = 1},
                                           {.tags = {{"category", "y"}}}};
  const std::vector<Score> means = FindBenchmark("vqa").scorings[0].aggregate(scores);
  ASSERT_EQ(means.size(), 3u);
  EXPECT_EQ(means[0].name, "accuracy");
  EXPECT_DOUBLE_EQ(*means[0].value, 200.0 / 3);
  EXPECT_EQ(means[0].unscored, 1);
  EXPECT_EQ(means[1].name, "x");
  EXPECT_EQ(means[2].value, 0);
}

TEST(OwnMcq, KeepsOptionsAsWritten) {
  const TempFolder folder;
  folder.Write("mcq.tsv", "index\tquestion\tA\tB\tC\tanswer\n1\twhich?\tNone\t1.50\t\tA\n");
  const std::vector<Sample> samples = Load("mcq", folder);
  ASSERT_EQ(samples[0].choices.size(), 2u);
  EXPECT_EQ(samples[0].choices[0].text, "None");
  EXPECT_EQ(samples[0].choices[1].text, "1.50");
  EXPECT_EQ(FindBenchmark("mcq").recipes[0].make_prompt(samples[0], "which?"),
            "which?\nA. None\nB. 1.50\nAnswer with the option's letter from the given choices directly.");
  EXPECT_EQ(Value("mcq", "vlmevalkit-2024-04", samples[0], "A."), 1);
  EXPECT_EQ(Value("mcq", "vlmevalkit-2024-04", samples[0], "B"), 0);
}

TEST(OwnMcq, RefusesAnAnswerThatIsNoOption) {
  EXPECT_THAT(LoadFailure("mcq", "mcq.tsv", "index\tquestion\tA\tB\tanswer\n1\tq\tx\ty\tC\n"),
              HasSubstr("mcq.tsv: sample 1: expected the letter of an option as answer, found \"C\""));
  EXPECT_THAT(LoadFailure("mcq", "mcq.tsv", "index\tquestion\tanswer\n1\tq\tA\n"), HasSubstr("expected options"));
  EXPECT_THAT(LoadFailure("mcq", "mcq.jsonl", R"({"id": 1, "image": "a.png", "question": "q", "answer": "A"})"),
              HasSubstr("mcq.jsonl:1: field \"choices\""));
}

TEST(OwnYesNo, ReadsTheAnswerAndScoresIt) {
  const TempFolder folder;
  folder.Write("yesno.tsv", "index\tquestion\tanswer\n1\tIs it?\tyes\n2\tIs it?\tNo\n");
  const std::vector<Sample> samples = Load("yesno", folder);
  EXPECT_EQ(samples[0].references[0], "Yes");
  EXPECT_EQ(Value("yesno", "yes-no", samples[0], "Yes, it is."), 1);
  EXPECT_EQ(Value("yesno", "yes-no", samples[1], "yes"), 0);
  const SampleScore unclear = FindBenchmark("yesno").scorings[0].score(samples[0], {.answers = {"maybe"}});
  EXPECT_TRUE(unclear.undecided);
  EXPECT_EQ(unclear.value, 0);
  EXPECT_EQ(FindBenchmark("yesno").recipes[0].make_prompt(samples[0], "Is it?"), "Is it? Please answer yes or no.");
}

TEST(OwnYesNo, RefusesAnotherAnswer) {
  EXPECT_THAT(LoadFailure("yesno", "yesno.tsv", "index\tquestion\tanswer\n1\tq\tmaybe\n"),
              HasSubstr("sample 1: expected the answer Yes or No, found \"maybe\""));
}

}  // namespace
}  // namespace tessera
