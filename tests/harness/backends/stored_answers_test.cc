#include "harness/backends/stored_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/xlsx_writer.h"
#include "harness/journal/writer.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class StoredAnswersTest : public testing::Test {
 protected:
  StoredAnswers Read(const std::string& name, std::string_view content) const {
    return ReadStoredAnswers(folder_.Write(name, content));
  }
  std::string FailureOf(const std::string& name, std::string_view content) const {
    return ErrorOf(ErrorKind::kInput, [&] { Read(name, content); });
  }

  TempFolder folder_;
};

TEST_F(StoredAnswersTest, ReadsATableAndWhatVlmEvalKitSeesOfItsEmptyCells) {
  const StoredAnswers stored = Read("x.tsv", "index\tprediction\n7\tyes\n8\t\n9\tnan\n");
  EXPECT_THAT(stored.answers.at("7"), ElementsAre("yes"));
  EXPECT_THAT(stored.answers.at("8"), ElementsAre("nan"));
  EXPECT_EQ(stored.empty_cells, 2);
  EXPECT_THAT(Read("y.tsv", "index\tprediction\n1\t12\n2\t\n").answers.at("1"),
              ElementsAre("12.0"));  // as pandas types it
  EXPECT_THAT(FailureOf("z.tsv", "index\tanswer\n1\tx\n"), HasSubstr("z.tsv:1: expected a column \"prediction\""));
}

TEST_F(StoredAnswersTest, ReadsAWorkbookAsTheTable) {
  const std::vector<std::vector<XlsxCell>> rows = {{"index", "prediction"}, {7, "yes"}, {8, {}}, {},
                                                   {9, "a\tb\nc"},          {10, "12"}};
  const StoredAnswers stored = Read("x.xlsx", XlsxBytes(rows));
  EXPECT_EQ(stored.answers.size(), 4u);
  EXPECT_THAT(stored.answers.at("7"), ElementsAre("yes"));
  EXPECT_THAT(stored.answers.at("8"), ElementsAre("nan"));
  EXPECT_THAT(stored.answers.at("9"), ElementsAre("a\tb\nc"));
  EXPECT_THAT(stored.answers.at("10"), ElementsAre("12"));
  EXPECT_EQ(stored.empty_cells, 1);
  const std::vector<std::vector<XlsxCell>> no_predictions = {{"index", "answer"}, {1, "x"}};
  EXPECT_THAT(FailureOf("y.xlsx", XlsxBytes(no_predictions)), HasSubstr("expected a column \"prediction\""));
  EXPECT_THAT(FailureOf("z.xlsx", "not a zip"), HasSubstr("not an Excel workbook"));
}

TEST_F(StoredAnswersTest, ReadsTheFormsOfResultFiles) {
  EXPECT_THAT(Read("a.json", R"({"v1_0": "a cat", "v1_1": ""})").answers.at("v1_0"), ElementsAre("a cat"));
  EXPECT_THAT(Read("b.json", R"([{"questionId": 3, "answer": "x"}])").answers.at("3"), ElementsAre("x"));
  EXPECT_THAT(Read("c.json", R"({"5": {"response": "14", "extraction": "14"}})").answers.at("5"), ElementsAre("14"));
  EXPECT_THAT(Read("d.jsonl", "{\"question_id\": \"q\", \"text\": \"y\"}\n\n{\"id\": 2, \"prediction\": \"z\"}\n")
                  .answers.at("2"),
              ElementsAre("z"));
}

TEST_F(StoredAnswersTest, RefusesWhatIsNoAnswer) {
  EXPECT_THAT(FailureOf("a.json", "7"), HasSubstr("expected an array or an object"));
  EXPECT_THAT(FailureOf("a.json", R"({"1": 7})"), HasSubstr("a.json: \"1\": expected the answer as a string"));
  EXPECT_THAT(FailureOf("a.json", R"([{"id": 1}])"),
              HasSubstr("entry 1: expected one of the fields answer, prediction"));
  EXPECT_THAT(FailureOf("a.json", R"([{"answer": "x"}])"), HasSubstr("question_id"));
  EXPECT_THAT(FailureOf("a.json", R"([{"id": 1.5, "answer": "x"}])"), HasSubstr("expected the id"));
  EXPECT_THAT(FailureOf("a.json", R"([{"id": 1, "answer": "x"}, {"id": "1", "answer": "y"}])"),
              HasSubstr("entry 2: an answer for \"1\" is there already"));
  EXPECT_THAT(FailureOf("a.jsonl", "{\"id\": 1, \"answer\": \"x\"}\n[1]\n"),
              HasSubstr("a.jsonl:2: expected an object"));
  EXPECT_THAT(FailureOf("a.xyz", ""), HasSubstr("ends in .tsv, .xlsx, .json or .jsonl"));
}

TEST_F(StoredAnswersTest, ReadsARunFolderWithoutItsFailures) {
  {
    JournalWriter writer(folder_.path());
    writer.Append({.benchmark = "fake",
                   .sample = {.id = "1", .split = "test", .questions = {"?", "?"}},
                   .answers = {"one", "two"}});
    writer.Append({.benchmark = "fake", .sample = {.id = "2", .split = "test"}, .failure = Failure{.sample_id = "2"}});
  }
  const StoredAnswers stored = ReadStoredAnswers(folder_.path());
  EXPECT_EQ(stored.answers.size(), 1u);
  EXPECT_THAT(stored.answers.at("fake\ttest\t1"), ElementsAre("one", "two"));
}

}  // namespace
}  // namespace tessera
