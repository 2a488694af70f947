#include "harness/judge/judge_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "tests/harness/fake_run.h"

namespace tessera {
namespace {

using testing::HasSubstr;

JudgeCall Call(const std::string& id, const std::string& text, int number = 0) {
  JudgeCall call{.benchmark = "mmvet",
                 .split = "test",
                 .sample_id = id,
                 .scoring = "authors",
                 .number = number,
                 .request = {.messages = {{"user", text}}, .max_tokens = 3, .temperature = 0.5}};
  call.request_sha256 = RequestSha256(call.request);
  return call;
}

TEST(RequestSha256, DependsOnAllThatIsSent) {
  const JudgeRequest request = Call("1", "q").request;
  JudgeRequest other = request;
  EXPECT_EQ(RequestSha256(request), RequestSha256(other));
  other.temperature.reset();
  EXPECT_NE(RequestSha256(request), RequestSha256(other));
  other = request;
  other.max_tokens = 4;
  EXPECT_NE(RequestSha256(request), RequestSha256(other));
  other = request;
  other.messages[0].role = "system";
  EXPECT_NE(RequestSha256(request), RequestSha256(other));
}

TEST(JudgeLog, FindsAReplyByContentModelAndCall) {
  const TempFolder run;
  {
    JudgeLog log(run.path());
    log.Append(Call("1", "q"), {.judge = "gpt-4-0613", .model = "gpt-4", .text = "0.5", .prompt_tokens = 7});
  }
  const JudgeLog log(run.path());
  const auto found = log.Find(Call("1", "q"), "gpt-4");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->text, "0.5");
  EXPECT_EQ(found->judge, "gpt-4-0613");
  EXPECT_EQ(found->prompt_tokens, 7);
  EXPECT_FALSE(log.Find(Call("1", "another question"), "gpt-4").has_value());
  EXPECT_FALSE(log.Find(Call("1", "q", 1), "gpt-4").has_value());
  EXPECT_FALSE(log.Find(Call("2", "q"), "gpt-4").has_value());
  EXPECT_FALSE(log.Find(Call("1", "q"), "gpt-5").has_value());
  EXPECT_EQ(log.Models(), (std::set<std::string>{"gpt-4"}));
}

TEST(JudgeLog, CreatesNothingWithoutAReplyAndKeepsEachOnce) {
  const TempFolder run;
  JudgeLog log(run.path());
  EXPECT_FALSE(std::filesystem::exists(JudgeLogPath(run.path())));
  for (int i = 0; i < 2; ++i) log.Append(Call("1", "q"), {.judge = "j", .model = "j", .text = "yes"});
  const std::string text = ReadFile(JudgeLogPath(run.path()));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(JudgeLog, LeavesOutATornLastLine) {
  const TempFolder run;
  {
    JudgeLog log(run.path());
    log.Append(Call("1", "q"), {.judge = "j", .model = "j", .text = "yes"});
  }
  const std::string whole = ReadFile(JudgeLogPath(run.path()));
  run.Write("journal/judge.jsonl", whole + whole.substr(0, 40));
  JudgeLog log(run.path());
  EXPECT_TRUE(log.Find(Call("1", "q"), "j").has_value());
  log.Append(Call("2", "q"), {.judge = "j", .model = "j", .text = "no"});
  EXPECT_EQ(ReadJudgeRecords(JudgeLogPath(run.path())).records.size(), 2u);
}

TEST(JudgeRecords, AHandMadeLineNeedsFiveFields) {
  const TempFolder folder;
  const std::vector<JudgeRecord> records =
      ReadJudgeRecords(folder.Write("a.jsonl",
                                    "{\"benchmark\": \"mmvet\", \"sample_id\": \"v1_0\", \"call\": 0, \"judge\": "
                                    "\"j\", \"reply\": \"1.0\"}\n\n"))
          .records;
  ASSERT_EQ(records.size(), 1u);
  EXPECT_FALSE(records[0].has_request);
  EXPECT_EQ(records[0].reply.model, "j");
}

TEST(JudgeRecords, RefuseBadLinesWithFileAndLine) {
  const TempFolder folder;
  for (const char* line : {"no json", "[]", R"({"benchmark": "mmvet", "sample_id": "1", "call": 0, "reply": "x"})",
                           R"({"benchmark": "mmvet", "sample_id": "1", "call": -1, "judge": "j", "reply": "x"})",
                           R"({"benchmark": "mmvet", "sample_id": "1", "call": 0, "judge": "", "reply": "x"})",
                           R"({"benchmark": "mmvet", "sample_id": "1", "call": 0, "judge": "j", "reply": 1})"}) {
    const auto file = folder.Write("a.jsonl", std::string(line) + "\n");
    EXPECT_THAT(ErrorOf(ErrorKind::kInput, [&] { ReadJudgeRecords(file); }), HasSubstr("a.jsonl:1")) << line;
  }
}

}  // namespace
}  // namespace tessera
