// `tessera submit` of the built binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/sheet.h"
#include "harness/base/files.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;

const std::filesystem::path kSource = TESSERA_SOURCE_DIR;

class SubmitTest : public testing::Test {
 protected:
  std::string Run() const { return work_.path() / "run"; }
  std::filesystem::path Submission(const std::string& name) const { return work_.path() / "run/submission" / name; }

  /// Asks `benchmarks` with the null backend, which answers nothing.
  void Ask(const std::string& benchmarks, const std::filesystem::path& data) const {
    const ProcessResult result =
        RunTessera({"run", "--backend", "null", "--benchmarks", benchmarks, "--data", data, "--out", Run()});
    ASSERT_LE(result.exit_code, 1) << result.err;
  }

  /// The test splits of DocVQA, with a picture that cannot be decoded in question 30, and of InfographicVQA.
  void WriteData() const {
    const auto line = [](const char* picture, const char* id) {
      return std::string(R"({"image": ")") + picture + R"(", "question": "Who?", "question_id": )" + id + "}\n";
    };
    work_.Write("docvqa/test.jsonl", line("a.png", "20") + line("a.png", "3") + line("broken.png", "30"));
    work_.Write("infographicsvqa/test.jsonl", line("a.png", "5"));
    work_.Write("broken.png", "no picture");
    std::filesystem::copy_file(kSource / "tests/golden/model/images/wuxga_1280x800.png", work_.path() / "a.png");
  }

  TempFolder work_;
};

TEST_F(SubmitTest, WritesOneFilePerBenchmarkAndSaysThatAnswersAreMissing) {
  WriteData();
  Ask("docvqa,infovqa", work_.path());
  const ProcessResult result = RunTessera({"submit", Run()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("submission/docvqa_test.json: 2 answers"));
  EXPECT_THAT(result.err, HasSubstr("docvqa: 2 of 5188 questions are answered"));
  EXPECT_EQ(ReadFile(Submission("docvqa_test.json")),
            "[{\"questionId\":3,\"answer\":\"\"},{\"questionId\":20,\"answer\":\"\"}]\n");
  EXPECT_EQ(ReadFile(Submission("infovqa_test.json")), "[{\"questionId\":5,\"answer\":\"\"}]\n");
}

TEST_F(SubmitTest, WritesOnlyTheBenchmarksAskedFor) {
  WriteData();
  Ask("docvqa,infovqa", work_.path());
  EXPECT_EQ(RunTessera({"submit", Run(), "--benchmarks", "infovqa"}).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(Submission("docvqa_test.json")));
  EXPECT_TRUE(std::filesystem::exists(Submission("infovqa_test.json")));
  const ProcessResult unknown = RunTessera({"submit", Run(), "--benchmarks", "chartqa"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("the run has no \"chartqa\""));
}

TEST_F(SubmitTest, WritesTheSheetOfMmBenchFromStoredAnswers) {
  const std::string table = work_.Write("model_MMBench_TEST_EN.tsv",
                                        "index\tquestion\thint\tA\tB\tsplit\tprediction\n"
                                        "1000000\tWhich?\t\tdog\tcat\ttest\tIt is a cat.\n"
                                        "0\tWhich?\tLook.\tcat\tdog\ttest\tB. dog\n");
  ASSERT_LE(RunTessera({"run", "--model", "replay:" + table, "--benchmarks", "mmbench-en", "--out", Run()}).exit_code,
            1);
  const ProcessResult result = RunTessera({"submit", Run()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const Sheet sheet = ReadSheet(Submission("MMBench_TEST_EN.xlsx"));
  EXPECT_THAT(sheet.columns, testing::ElementsAre("index", "question", "A", "B", "C", "D", "prediction", "split"));
  ASSERT_EQ(sheet.rows.size(), 2u);
  EXPECT_THAT(sheet.rows[0].cells, testing::ElementsAre("0", "Which?", "cat", "dog", "", "", "B", "test"));
  EXPECT_THAT(sheet.rows[1].cells, testing::ElementsAre("1000000", "Which?", "dog", "cat", "", "", "B", "test"));
}

TEST_F(SubmitTest, ARunOverAPartOfTheQuestionsIsNotComplete) {
  Ask("mmbench-en", kSource / "datasets/mini/mmbench-en");
  EXPECT_EQ(RunTessera({"submit", Run()}).exit_code, 0);
  std::filesystem::remove_all(Run());
  const std::string data = kSource / "datasets/mini/mmbench-en";
  RunTessera(
      {"run", "--backend", "null", "--benchmarks", "mmbench-en", "--data", data, "--out", Run(), "--limit", "4"});
  const ProcessResult result = RunTessera({"submit", Run()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("mmbench-en: 4 of all questions are answered"));
}

TEST_F(SubmitTest, ABenchmarkWithoutServerFormatIsAnError) {
  Ask("chartqa", kSource / "datasets/mini");
  const ProcessResult result = RunTessera({"submit", Run()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("chartqa: split \"test\" of the official data has no server format"));
  EXPECT_FALSE(std::filesystem::exists(work_.path() / "run/submission"));
}

TEST_F(SubmitTest, WhatIsNoRunIsAnInputError) { EXPECT_EQ(RunTessera({"submit", Run()}).exit_code, 3); }

TEST_F(SubmitTest, DataCheckExpectsNoAnswersOfSuchASplit) {
  WriteData();
  const ProcessResult result = RunTessera({"data", "check", work_.path(), "--benchmarks", "infovqa"});
  EXPECT_THAT(result.out, HasSubstr("rows: expected 3288, found 1"));
  EXPECT_THAT(result.out, testing::Not(HasSubstr("no answer")));
}

}  // namespace
}  // namespace tessera
