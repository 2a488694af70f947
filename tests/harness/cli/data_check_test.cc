#include "harness/cli/data_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CheckData, GoodDataHasNoProblems) {
  const TempFolder data;
  WriteData(data, "fake.txt", {"1|a.png|q|x", "2|a.png|q|x", "3||q|x"});
  const DataReport report = CheckData(FakeBenchmark(), data.path());
  EXPECT_TRUE(report.found);
  EXPECT_EQ(report.rows, 3);
  EXPECT_EQ(report.pictures, 1);
  EXPECT_THAT(report.problems, IsEmpty());
}

TEST(CheckData, NamesDuplicateIdsMissingAnswersAndBrokenPictures) {
  const TempFolder data;
  WriteData(data, "fake.txt", {"1|a.png|q|x", "1|a.png|q|x", "2|broken.png|q|x", "3|a.png|q|"});
  const DataReport report = CheckData(FakeBenchmark(), data.path());
  EXPECT_THAT(report.problems, Contains("duplicate id: 1"));
  EXPECT_THAT(report.problems, Contains("no answer: sample 3"));
  EXPECT_THAT(report.problems, Contains(HasSubstr("undecodable picture: ")));
}

TEST(CheckData, NamesTheFirstOfManyAndTheirNumber) {
  const TempFolder data;
  WriteData(data, "fake.txt", {"1||q|", "2||q|", "3||q|", "4||q|"});
  const DataReport report = CheckData(FakeBenchmark(), data.path());
  EXPECT_EQ(report.problems.size(), 4u);
  EXPECT_EQ(report.problems.back(), "no answer: 4 in all");
}

std::vector<Sample> LoadChoices(const std::filesystem::path&, const DataSource&) {
  const std::vector<Choice> choices = {{"A", "red"}, {"C", "blue"}};
  return {{.id = "1", .questions = {"q"}, .choices = choices, .references = {"A"}},
          {.id = "2", .questions = {"q"}, .choices = choices, .references = {"B"}},
          {.id = "3", .questions = {"q"}, .choices = choices, .references = {"blue"}}};
}

TEST(CheckData, NamesAnswersThatAreNoOptionAndAWrongMd5AndNumberOfRows) {
  const TempFolder data;
  data.Write("choices.tsv", "abc");
  const Benchmark benchmark{
      .name = "choices",
      .data = {{.files = {"choices.tsv"}, .md5 = "00000000000000000000000000000000", .rows = 4, .load = LoadChoices}}};
  const DataReport report = CheckData(benchmark, data.path());
  EXPECT_THAT(report.problems, Contains("answer is no option: sample 2, \"B\""));
  EXPECT_EQ(report.problems.size(), 1u);
  EXPECT_THAT(report.differences, Contains("rows: expected 4, found 3"));
  EXPECT_THAT(report.differences, Contains(HasSubstr("found 900150983cd24fb0d6963f7d28e17f72")));
}

TEST(CheckData, NotesAPictureUnderTwoNames) {
  const TempFolder data;
  WriteData(data, "fake.txt", {"1|a.png|q|x", "2|other_name.png|q|x", "3|a.png|q|x"});
  std::filesystem::copy_file(data.path() / "a.png", data.path() / "other_name.png");
  const DataReport report = CheckData(FakeBenchmark(), data.path());
  EXPECT_THAT(report.problems, IsEmpty());
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_THAT(report.notes[0],
              AllOf(HasSubstr("same picture twice: "), HasSubstr("other_name.png is "), HasSubstr("a.png")));
}

std::vector<Sample> LoadUnanswered(const std::filesystem::path&, const DataSource&) {
  return {{.id = "1", .questions = {"q"}}};
}

TEST(CheckData, ExpectsAnswersOnlyWhereTheyArePublic) {
  const TempFolder data;
  data.Write("x.tsv", "");
  Benchmark benchmark{.name = "x", .data = {{.files = {"x.tsv"}, .load = LoadUnanswered}}};
  EXPECT_THAT(CheckData(benchmark, data.path()).problems, Contains("no answer: sample 1"));
  benchmark.data[0].answers_public = false;
  EXPECT_THAT(CheckData(benchmark, data.path()).problems, IsEmpty());
}

TEST(CheckData, MissingFilesAreNotFound) {
  const TempFolder empty;
  EXPECT_FALSE(CheckData(FakeBenchmark(), empty.path()).found);
}

}  // namespace
}  // namespace tessera
