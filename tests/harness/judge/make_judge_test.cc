#include "harness/judge/make_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/harness/fake_run.h"
#include "tests/harness/mock_server.h"

namespace tessera {
namespace {

using testing::HasSubstr;

std::string ReplyOf(Judge& judge, const JudgeCall& call) {
  const JudgeOutcome outcome = judge.Ask(call);
  if (const auto* failure = std::get_if<JudgeFailure>(&outcome)) return "failure: " + failure->message;
  return std::get<JudgeReply>(outcome).text;
}

TEST(MakeJudge, RefusesSettingsWithoutEffect) {
  const auto error = [](const JudgeSettings& settings) {
    return ErrorOf(ErrorKind::kUsage, [&] { MakeJudge(settings); });
  };
  EXPECT_THAT(error({.judge = "none", .model = "m"}), HasSubstr("--judge-model has no effect"));
  EXPECT_THAT(error({.judge = "none", .key_env = "HOME"}), HasSubstr("has no effect without --judge URL"));
  EXPECT_THAT(error({.judge = "http://localhost:1"}), HasSubstr("--judge-model is missing"));
  EXPECT_THAT(error({.judge = "localhost:1", .model = "m"}), HasSubstr("expected a URL"));
  EXPECT_THAT(error({.judge = "http://localhost:1", .model = "m", .key_env = "TESSERA_NO_SUCH_KEY"}),
              HasSubstr("TESSERA_NO_SUCH_KEY (--judge-key-env) is not set"));
  EXPECT_THAT(error({.judge = "http://localhost:1", .model = "m", .key_env = "A", .key_file = "b"}),
              HasSubstr("exclude each other"));
  EXPECT_EQ(MakeJudge({}), nullptr);
  EXPECT_EQ(MakeJudge({.judge = "none"}), nullptr);
}

TEST(MakeJudge, ReadsTheKeyFromAFileWithoutItsLineEnd) {
  std::string seen;
  const MockServer server([&](const std::string& request, int) {
    seen = request;
    return MockReply{.body = CompletionBody("yes", "m")};
  });
  const TempFolder folder;
  const auto judge =
      MakeJudge({.judge = server.url(), .model = "m", .key_file = folder.Write("key", " sk-from-a-file\n").string()});
  EXPECT_EQ(ReplyOf(*judge, {}), "yes");
  EXPECT_THAT(seen, HasSubstr("Bearer sk-from-a-file\r\n"));
}

class ReplayTest : public testing::Test {
 protected:
  std::unique_ptr<Judge> Replay(const std::string& lines) const {
    return MakeJudge({.judge = "replay:" + folder_.Write("replies.jsonl", lines).string()});
  }
  static std::string Line(const std::string& more) {
    return R"({"benchmark": "b", "sample_id": "1", "call": 0, "judge": "j", )" + more + "}\n";
  }
  JudgeCall call_{.benchmark = "b", .split = "test", .sample_id = "1", .scoring = "s", .request_sha256 = "aa"};
  TempFolder folder_;
};

TEST_F(ReplayTest, AnswersBySampleAndCall) {
  const auto judge = Replay(Line(R"("reply": "yes")"));
  EXPECT_EQ(ReplyOf(*judge, call_), "yes");
  call_.number = 1;
  EXPECT_THAT(ReplyOf(*judge, call_), HasSubstr("has no reply to call 1"));
}

TEST_F(ReplayTest, AnswersOnlyTheRequestItWasGivenFor) {
  EXPECT_EQ(ReplyOf(*Replay(Line(R"("reply": "yes", "request_sha256": "aa")")), call_), "yes");
  EXPECT_THAT(ReplyOf(*Replay(Line(R"("reply": "yes", "request_sha256": "bb")")), call_),
              HasSubstr("answers another request"));
  EXPECT_THAT(ReplyOf(*Replay(Line(R"("reply": "yes", "split": "dev")")), call_), HasSubstr("has no reply"));
  EXPECT_THAT(ReplyOf(*Replay(Line(R"("reply": "yes", "scoring": "t")")), call_), HasSubstr("has no reply"));
}

TEST_F(ReplayTest, DoesNotChooseBetweenSeveralReplies) {
  EXPECT_THAT(ReplyOf(*Replay(Line(R"("reply": "yes")") + Line(R"("reply": "no")")), call_),
              HasSubstr("has several replies"));
  EXPECT_EQ(ReplyOf(*Replay(Line(R"("reply": "yes")") + Line(R"("reply": "yes")")), call_), "yes");
}

TEST_F(ReplayTest, RefusesAFileThatEndsInsideALine) {
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { Replay(R"({"benchmark": "b")"); }), HasSubstr("with a newline"));
}

TEST_F(ReplayTest, NeedsItsFile) {
  EXPECT_THAT(ErrorOf(ErrorKind::kInput, [] { MakeJudge({.judge = "replay:/no/such/file"}); }),
              HasSubstr("/no/such/file"));
}

}  // namespace
}  // namespace tessera
