// Answers made elsewhere, scored by the built binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/xlsx_writer.h"
#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/temp_folder.h"

namespace tessera {
namespace {

using testing::HasSubstr;

class ReplayCliTest : public testing::Test {
 protected:
  std::string Out() const { return work_.path() / "run"; }

  ProcessResult Replay(const std::string& answers, const std::string& benchmark,
                       std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"run",   "--model", "replay:" + answers, "--benchmarks", benchmark,
                                          "--out", Out()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunTessera(arguments);
  }

  /// The headline that the run folder holds.
  double Headline() const {
    const Json report = ReadJsonFile(work_.path() / "run/report.json");
    return report["benchmarks"][0]["scores"][0]["value"].get<double>();
  }

  TempFolder work_;
};

TEST_F(ReplayCliTest, ScoresATableThatHoldsTheQuestionsToo) {
  const std::string table = work_.Write("model_CCBench.tsv",
                                        "index\tquestion\tA\tB\tanswer\tprediction\n"
                                        "0\tq\tx\ty\tA\tA\n1000000\tq\ty\tx\tB\tB\n1\tq\tx\ty\tA\tB\n");
  const ProcessResult result = Replay(table, "ccbench");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("answers from model_CCBench.tsv; how they were asked is not known"));
  EXPECT_DOUBLE_EQ(Headline(), 50);
}

TEST_F(ReplayCliTest, ScoresAWorkbookAsItScoresATable) {
  const std::vector<std::vector<XlsxCell>> rows = {{"index", "question", "A", "B", "answer", "prediction"},
                                                   {0, "q", "x", "y", "A", "A"},
                                                   {1'000'000, "q", "y", "x", "B", "B"},
                                                   {1, "q", "x", "y", "A", "B"}};
  const ProcessResult result = Replay(work_.Write("model_CCBench.xlsx", XlsxBytes(rows)), "ccbench");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_DOUBLE_EQ(Headline(), 50);
}

TEST_F(ReplayCliTest, AnswersOfAnotherRunGiveItsScores) {
  const std::string data = std::string(TESSERA_SOURCE_DIR) + "/datasets/mini";
  const std::string first = work_.path() / "first";
  ASSERT_EQ(
      RunTessera({"run", "--backend", "null", "--benchmarks", "chartqa", "--data", data, "--out", first}).exit_code, 0);
  EXPECT_EQ(Replay(first, "chartqa", {"--data", data}).exit_code, 0);
  EXPECT_EQ(ReadJsonFile(work_.path() / "run/report.json")["benchmarks"][0]["scores"],
            ReadJsonFile(work_.path() / "first/report.json")["benchmarks"][0]["scores"]);
}

TEST_F(ReplayCliTest, ASampleWithoutAStoredAnswerIsUnscored) {
  const std::string data = std::string(TESSERA_SOURCE_DIR) + "/datasets/mini";
  const ProcessResult result =
      Replay(work_.Write("a.json", R"({"test_human/nothing": "x"})"), "chartqa", {"--data", data});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("unscored: 40 of 40"));
}

TEST_F(ReplayCliTest, WrongUseIsRefused) {
  const std::string table = work_.Write("x.tsv", "index\tquestion\tprediction\n1\tq\ta\n");
  const auto error = [&](const std::string& benchmark, const std::vector<std::string>& more) {
    const ProcessResult result = Replay(table, benchmark, more);
    EXPECT_NE(result.exit_code, 0);
    return result.err;
  };
  EXPECT_THAT(error("ccbench", {"--max-tiles", "3"}), HasSubstr("--max-tiles has no effect on stored answers"));
  EXPECT_THAT(error("ccbench", {"--recipe", "paper"}), HasSubstr("--recipe has no effect on stored answers"));
  EXPECT_THAT(error("mmbench-en", {}), HasSubstr("MMBench_DEV_EN.tsv"));
  EXPECT_THAT(RunTessera({"run", "--model", "replay:a.json", "--benchmarks", "ccbench", "--out", Out()}).err,
              HasSubstr("--data is missing"));
  EXPECT_THAT(RunTessera({"run", "--model", "replay:", "--benchmarks", "ccbench", "--out", Out(), "--data", "."}).err,
              HasSubstr("the file or run folder is missing"));
  EXPECT_EQ(RunTessera({"run", "--model", "replay:no.tsv", "--benchmarks", "ccbench", "--out", Out()}).exit_code, 3);
}

TEST_F(ReplayCliTest, ReproducesThePublishedScoreOfPublishedAnswers) {
  const std::string file =
      std::string(TESSERA_SOURCE_DIR) + "/../shared/data/real/ccbench/vlmevalkit_vila_8b/vila_8b_CCBench.tsv";
  if (!std::filesystem::exists(file))
    GTEST_SKIP() << "the published answers of VILA-8B on CCBench are not there: " << file;
  EXPECT_EQ(Replay(file, "ccbench").exit_code, 0);
  EXPECT_NEAR(Headline(), 33.92156862745098, 1e-12);  // VLMEvalKit's own result file
}

}  // namespace
}  // namespace tessera
