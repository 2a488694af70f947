#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmark_access.h"
#include "harness/base/error.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Benchmark& English() { return FindBenchmark("mmbench-en"); }
const Benchmark& Chinese() { return FindBenchmark("mmbench-cn"); }
const std::string kPicture(80, 'A');

Sample Row(const std::string& id, std::string reference = "A") {
  return {.id = id,
          .split = "dev",
          .questions = {"What?"},
          .choices = {{"A", "cat"}, {"B", "dog"}},
          .references = {std::move(reference)},
          .tags = {{"category", "ocr"}, {"l2-category", "finegrained_perception (instance-level)"}}};
}

TEST(MmBench, LoadsRotatedRowsThatShareAPicture) {
  const TempFolder folder;
  folder.Write("MMBench_DEV_EN.tsv",
               "index\tquestion\thint\tA\tB\tC\tanswer\tcategory\timage\tl2-category\tsplit\n"
               "1000007\tWhat?\t\tdog\tcat\tNone\tB\tocr\t7\tLR\tdev\n7\tWhat?\tLook.\tcat\tdog\t\tA\tocr\t" +
                   kPicture + "\tLR\tdev\n");
  const std::vector<Sample> samples = LoadFrom(English(), folder.path());
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].id, "1000007");
  EXPECT_EQ(samples[0].images, samples[1].images);
  EXPECT_EQ(samples[0].choices.size(), 2u);  // an option whose text is None is not offered
  EXPECT_EQ(samples[0].tags.count("hint"), 0u);
  EXPECT_EQ(samples[1].tags.at("hint"), "Look.");
  EXPECT_EQ(samples[1].tags.at("l2-category"), "LR");
  EXPECT_THAT(samples[1].references, ElementsAre("A"));
}

TEST(MmBench, PrintsNumericOptionsAsPandasDoes) {
  const TempFolder folder;
  folder.Write("MMBench_DEV_EN.tsv", "index\tquestion\tA\tB\timage\n1\tq\t12\t1.50\t" + kPicture + "\n2\tq\t\t2\t1\n");
  const std::vector<Sample> samples = LoadFrom(English(), folder.path());
  EXPECT_EQ(RecipeNamed(English(), "paper").make_prompt(samples[0], "q"),
            "q\nA. 12.0\nB. 1.5\nAnswer with the option's letter from the given choices directly.");
}

TEST(MmBench, RefusesAnIndexThatIsNoNumber) {
  const TempFolder folder;
  folder.Write("MMBench_DEV_EN.tsv", "index\tquestion\timage\nx1\tq\t" + kPicture + "\n");
  try {
    LoadFrom(English(), folder.path());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr("sample x1: expected an index that is a whole number"));
  }
}

TEST(MmBench, RefusesARowWithoutAQuestion) {
  const TempFolder folder;
  folder.Write("MMBench_DEV_EN.tsv", "index\tquestion\timage\n1\tNone\t" + kPicture + "\n");
  EXPECT_THROW(LoadFrom(English(), folder.path()), Error);
}

TEST(MmBench, PromptsAreByteExact) {
  Sample sample = Row("1");
  sample.tags["hint"] = "Look.";
  EXPECT_EQ(RecipeNamed(English(), "paper").make_prompt(sample, "What?"),
            "Look.\nWhat?\nA. cat\nB. dog\nAnswer with the option's letter from the given choices directly.");
  EXPECT_EQ(RecipeNamed(Chinese(), "paper").make_prompt(sample, "What?"),
            "Look.\nWhat?\nA. cat\nB. dog\n请直接回答选项字母。");
  EXPECT_EQ(RecipeNamed(Chinese(), "vlmevalkit").make_prompt(sample, "What?"),
            "Look.\nWhat?\nA. cat\nB. dog\nAnswer with the option's letter from the given choices directly.");
  EXPECT_EQ(RecipeNamed(English(), "vlmevalkit").make_prompt({}, "猫?"), "猫?\n请直接回答问题。");
}

TEST(MmBench, TheOfficialPromptStopsAtOptionE) {
  const Sample sample{.choices = {{"E", "e"}, {"F", "f"}}};
  EXPECT_EQ(RecipeNamed(Chinese(), "paper").make_prompt(sample, "q"), "q\nE. e\n请直接回答选项字母。");
  EXPECT_EQ(RecipeNamed(Chinese(), "vlmevalkit").make_prompt(sample, "猫"), "猫\nE. e\nF. f\n请直接回答选项字母。");
}

TEST(MmBench, ScoresFiveHandCheckedSamples) {
  const Scoring& scoring = English().scorings.front();
  EXPECT_EQ(scoring.name, "vlmevalkit-2024-04");
  struct Case {
    const char *answer, *extracted;
    double value;
    bool undecided;
  };
  for (const Case& c : {Case{"A", "A", 1, false},
                        {"(B)", "B", 0, false},
                        {"a big CAT", "A", 1, false},
                        {"Z", "Z", 0, false},
                        {"cat or dog", "", 0, true}}) {
    const SampleScore score = scoring.score(Row("1000007"), {.answers = {c.answer}});
    EXPECT_EQ(score.extracted, c.extracted) << c.answer;
    EXPECT_EQ(score.value, c.value) << c.answer;
    EXPECT_EQ(score.undecided, c.undecided) << c.answer;
    EXPECT_EQ(score.group, "7");
  }
}

TEST(MmBench, The2026ScoringGroupsByGIndexWhenItIsThere) {
  Sample sample = Row("1000007");
  sample.tags["g_index"] = "5";
  EXPECT_EQ(ScoringNamed(English(), "vlmevalkit-2026-08").score(sample, {.answers = {"A"}}).group, "5");
  EXPECT_EQ(ScoringNamed(English(), "vlmevalkit-2024-04").score(sample, {.answers = {"A"}}).group, "7");
}

TEST(MmBench, LeavesATestSplitUnscored) {
  Sample sample = Row("7");
  sample.references.clear();
  const Scoring& scoring = English().scorings.front();
  const SampleScore score = scoring.score(sample, {.answers = {"cat or dog"}});
  EXPECT_EQ(score.value, std::nullopt);
  EXPECT_FALSE(score.undecided);
  const std::vector<Score> scores = scoring.aggregate(std::vector{score});
  EXPECT_EQ(scores[0].value, std::nullopt);
  EXPECT_EQ(scores[0].unscored, 1);
}

TEST(MmBench, AggregatesGroupsToPercent) {
  const Scoring& scoring = English().scorings.front();
  std::vector<SampleScore> rows;
  rows.push_back(scoring.score(Row("7"), {.answers = {"A"}}));
  rows.push_back(scoring.score(Row("1000007", "B"), {.answers = {"B"}}));
  rows.push_back(scoring.score(Row("8"), {.answers = {"A"}}));
  rows.push_back(scoring.score(Row("1000008", "B"), {.answers = {"cat or dog"}}));
  const std::vector<Score> scores = scoring.aggregate(rows);
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_EQ(scores[0].name, "Overall");
  EXPECT_EQ(scores[0].unit, "percent");
  EXPECT_EQ(scores[0].value, 50);
  EXPECT_EQ(scores[0].scored, 2);
  EXPECT_EQ(scores[0].undecided, 1);
  EXPECT_EQ(scores[1].name, "FP-S");
  EXPECT_EQ(scores[2].name, "ocr");
}

TEST(MmBench, NamesTheSplitWhenAFileMixesThem) {
  const Scoring& scoring = English().scorings.front();
  Sample other = Row("8");
  other.split = "test";
  const std::vector<Score> scores = scoring.aggregate(
      std::vector{scoring.score(Row("7"), {.answers = {"A"}}), scoring.score(other, {.answers = {"B"}})});
  EXPECT_EQ(scores[0].name, "dev: Overall");
  EXPECT_EQ(scores[3].name, "test: Overall");
  EXPECT_EQ(scores[3].value, 0);
}

TEST(MmBench, ReadsThePublishedTenQuestionSamples) {
  const std::filesystem::path folder =
      std::filesystem::path(TESSERA_SOURCE_DIR) / "../shared/data/real/mmbench/sample_with_images";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the published MMBench sample is not on this machine";
  for (const Benchmark* benchmark : {&English(), &Chinese()}) {
    const std::vector<Sample> samples = LoadFrom(*benchmark, folder);
    ASSERT_EQ(samples.size(), 10u);
    std::vector<SampleScore> scores;
    for (const Sample& sample : samples) {
      EXPECT_EQ(sample.split, "sample");
      EXPECT_GT(sample.images.at(0).length, 1000u);
      EXPECT_GE(sample.choices.size(), 2u);
      scores.push_back(benchmark->scorings.front().score(sample, {.answers = sample.references}));
    }
    EXPECT_EQ(benchmark->scorings.front().aggregate(scores)[0].value, 100);
  }
}

}  // namespace
}  // namespace tessera
