// A judge from the command line: what is asked, what is kept, what is printed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "tests/harness/cli/tessera_process.h"
#include "tests/harness/fake_run.h"
#include "tests/harness/mock_server.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "sk-planted-0123456789";

class JudgeCliTest : public testing::Test {
 protected:
  JudgeCliTest() {
    WriteData(data_, "unused.txt", {});
    std::filesystem::create_directories(data_.path() / "images");
    std::filesystem::copy_file(data_.path() / "a.png", data_.path() / "images/a.png");
    data_.Write("mm-vet.json",
                R"({"v1_0": {"imagename": "a.png", "question": "What?", "answer": "x", "capability": ["rec"]},
                    "v1_1": {"imagename": "a.png", "question": "Why?", "answer": "y", "capability": ["ocr"]}})");
    ::setenv("TESSERA_TEST_JUDGE_KEY", kKey, 1);
  }

  ProcessResult Run(const std::vector<std::string>& judge) const {
    std::vector<std::string> arguments = {"run",    "--backend",  "null",  "--benchmarks",     "mmvet",
                                          "--data", data_.path(), "--out", run_.path() / "run"};
    arguments.insert(arguments.end(), judge.begin(), judge.end());
    return RunTessera(arguments);
  }
  ProcessResult Score(const std::vector<std::string>& judge = {}) const {
    std::vector<std::string> arguments = {"score", run_.path() / "run"};
    arguments.insert(arguments.end(), judge.begin(), judge.end());
    return RunTessera(arguments);
  }
  static std::vector<std::string> Server(const MockServer& server) {
    return {"--judge", server.url() + "/v1", "--judge-model", "gpt-4-0613", "--judge-key-env", "TESSERA_TEST_JUDGE_KEY"};
  }

  TempFolder data_;
  TempFolder run_;
};

TEST_F(JudgeCliTest, ARunIsGradedByAServerAndScoredAgainFromTheLog) {
  {
    // A server that repeats the key wherever it can.
    const MockServer server([](const std::string& request, int) {
      const bool first = request.find("What?") != std::string::npos;
      return MockReply{.body = CompletionBody(first ? "1.0" : std::string("0.5 ") + kKey, "gpt-4-0613")};
    });
    const ProcessResult result = Run(Server(server));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("authors, judge: gpt-4-0613"));
    EXPECT_THAT(result.out, HasSubstr("75.00 points"));
    EXPECT_THAT(result.out, HasSubstr("own judge prompt instead of the authors'"));
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(kKey)));
    EXPECT_EQ(server.requests(), 2);
  }
  const ProcessResult again = Score();
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("authors, judge: gpt-4-0613"));
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(run_.path())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    EXPECT_THAT(ReadFile(entry.path()), Not(HasSubstr(kKey))) << entry.path();
  }
  EXPECT_GE(files, 6);
  const Json report = ReadJsonFile(run_.path() / "run/report.json");
  EXPECT_EQ(report["benchmarks"][0]["judge"]["name"], "gpt-4-0613");
  EXPECT_EQ(report["benchmarks"][0]["judge"]["calls"], 2);
}

TEST_F(JudgeCliTest, AFailingServerLeavesSamplesUnscoredAndExitsWithOne) {
  const MockServer server([](const std::string& request, int) {
    if (request.find("What?") != std::string::npos) return MockReply{.body = CompletionBody("1.0", "gpt-4-0613")};
    return MockReply{.status = 401, .body = std::string("bad key ") + kKey};
  });
  const ProcessResult result = Run(Server(server));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("100.00 points"));
  EXPECT_THAT(result.out, HasSubstr("not graded by the judge: 1 samples"));
  EXPECT_THAT(result.out, HasSubstr("HTTP status 401: bad key ***"));
  EXPECT_THAT(result.out + result.err, Not(HasSubstr(kKey)));
  EXPECT_THAT(ReadFile(run_.path() / "run/scores.json"), HasSubstr("judge_failure"));
}

TEST_F(JudgeCliTest, WithoutAJudgeTheScoreSaysNone) {
  const ProcessResult result = Run({"--judge", "none"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("authors, judge: none"));
  EXPECT_FALSE(std::filesystem::exists(run_.path() / "run/journal/judge.jsonl"));
}

TEST_F(JudgeCliTest, StoredRepliesGradeARun) {
  Run({});
  const std::string line =
      R"({"benchmark": "mmvet", "sample_id": "v1_%", "call": 0, "judge": "gpt-4", "reply": "0.4"})";
  std::string lines;
  for (const char id : {'0', '1'}) {
    lines += line + "\n";
    lines[lines.rfind('%')] = id;
  }
  const std::string file = run_.Write("replies.jsonl", lines).string();
  const ProcessResult result = Score({"--judge", "replay:" + file});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("authors, judge: gpt-4"));
  EXPECT_THAT(result.out, HasSubstr("40.00 points"));
  EXPECT_THAT(result.out, HasSubstr("judge gpt-4 instead of gpt-4-0613"));
}

TEST_F(JudgeCliTest, MistakesAreFoundBeforeTheRun) {
  EXPECT_EQ(Run({"--judge", "http://localhost:1", "--judge-model", "m", "--judge-key-env", "TESSERA_NO_KEY"}).exit_code,
            2);
  EXPECT_EQ(Run({"--judge", "http://localhost:1"}).exit_code, 2);
  EXPECT_EQ(Run({"--judge", "replay:/no/such/file"}).exit_code, 3);
  EXPECT_EQ(Run({"--judge", "none", "--judge-prompts", "/no/such/folder"}).exit_code, 3);
  EXPECT_FALSE(std::filesystem::exists(run_.path() / "run/run.json"));
}

}  // namespace
}  // namespace tessera
