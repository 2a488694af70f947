// Ten thousand requests to a judge that does everything a server can do wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <mutex>

#include "harness/judge/judge_log.h"
#include "harness/judge/judging.h"
#include "tests/harness/fake_run.h"
#include "tests/harness/mock_server.h"

namespace tessera {
namespace {

using testing::HasSubstr;

constexpr int kSamples = 10'000;
constexpr int kTries = 4;
constexpr std::size_t kHugeBytes = 100'000'000;

int NumberOf(const std::string& request) {
  const Json body = Json::parse(request.substr(request.find("\r\n\r\n") + 4));
  const std::string text = body["messages"][0]["content"];
  return std::stoi(text.substr(text.rfind('\n') + 1));
}

std::string VerdictOf(int number) { return number % 3 == 0 ? "yes" : "no"; }

MockReply Verdict(int number) { return {.body = CompletionBody(VerdictOf(number), "judge-1")}; }

/// What goes wrong with the first try about sample `number`, and with the second about every other such sample.
MockReply Trouble(int number) {
  switch (number % 1000) {
    case 1:
      return {.status = 429, .headers = {"Retry-After: 1"}};
    case 2:
      return {.status = 503, .headers = {"Retry-After: 0"}};
    case 3:
      return {.status = 503, .headers = {"Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"}};
    case 4:
      return {.body = CompletionBody("yes", "judge-1"), .delay_s = 1.2};  // later than the time-out
    case 5:
      return {.status = 302, .headers = {"Location: http://127.0.0.1:1/elsewhere"}};
    case 6:
      return {.body = std::string(number < 3000 ? kHugeBytes : kHugeBytes / 5, 'x')};
    case 7:
      return {.status = 400, .body = "no"};
    default:
      break;
  }
  switch (number % 20) {
    case 1:
      return {.status = 429};
    case 2:
      return {.status = 500, .body = "out of memory"};
    case 3:
      return {.status = 503};
    case 4:
      return {.body = CompletionBody("yes", "judge-1").substr(0, 30), .missing_bytes = 50};
    case 5:
      return {.body = "this is no JSON"};
    case 6:
      return {.body = R"({"choices": []})"};
    case 7:
      return {.drops = true};
    case 8:
      return {.body = CompletionBody(VerdictOf(number), "judge-1"), .delay_s = 0.005};
    default:
      return Verdict(number);
  }
}

/// Redirects and refusals are not tried again.
bool Fails(int number) { return number % 1000 == 5 || number % 1000 == 7; }

/// A huge body is not tried again either, unless it was too late already before it was too large.
bool IsHuge(int number) { return number % 1000 == 6; }

class TroublesomeJudge {
 public:
  MockReply Answer(const std::string& request) {
    const int number = NumberOf(request);
    int tries = 0;
    {
      const std::lock_guard lock(mutex_);
      tries = ++tries_[static_cast<std::size_t>(number)];
    }
    const bool has_trouble = !is_healthy && (tries == 1 || (tries == 2 && number % 2 == 0));
    return has_trouble ? Trouble(number) : Verdict(number);
  }

  const std::array<int, kSamples>& tries() const { return tries_; }
  std::atomic<bool> is_healthy{false};

 private:
  std::mutex mutex_;
  std::array<int, kSamples> tries_{};
};

TEST(Transport, OfTenThousandRequestsNoneIsLostOrDoubledAndTriesAreBounded) {
  TroublesomeJudge judge;
  const MockServer server([&judge](const std::string& request, int) { return judge.Answer(request); });
  const TempFolder run;
  const JudgeSettings settings = {.judge = server.url(),
                                  .model = "judge-1",
                                  .concurrency = 24,
                                  .http = {.timeout_s = 0.6, .tries = kTries, .first_wait_s = 0.005}};
  std::vector<SampleRecord> records(kSamples);
  std::vector<const SampleRecord*> samples;
  for (int i = 0; i < kSamples; ++i) {
    SampleRecord& record = records[static_cast<std::size_t>(i)];
    record.benchmark = "graded";
    record.sample = {.id = std::to_string(i), .split = "test", .questions = {"?"}, .references = {"x"}};
    record.answers = {std::to_string(i)};
    samples.push_back(&record);
  }

  const auto judge_all = [&] {
    return Judging(settings, run.path()).JudgeAll(GradedBenchmark(), GradedBenchmark().scorings.front(), samples);
  };
  const JudgedSamples first = judge_all();
  int failed = 0;
  for (int i = 0; i < kSamples; ++i) {
    const Judgement& judgement = first.samples[static_cast<std::size_t>(i)];
    const int tries = judge.tries()[static_cast<std::size_t>(i)];
    EXPECT_GE(tries, 1) << i;
    EXPECT_LE(tries, kTries) << i;
    if (!judgement.failure.empty()) {
      ++failed;
      // On a busy machine a good try may be too late as well.
      EXPECT_TRUE(Fails(i) || IsHuge(i) || tries == kTries) << i << ": " << judgement.failure;
      continue;
    }
    EXPECT_FALSE(Fails(i)) << i;
    EXPECT_EQ(judgement.replies, std::vector<std::string>{VerdictOf(i)}) << i;
  }
  EXPECT_GE(failed, 20);
  EXPECT_EQ(ReadJudgeRecords(JudgeLogPath(run.path())).records.size(), static_cast<std::size_t>(kSamples - failed));

  judge.is_healthy = true;
  const int before = server.requests();
  EXPECT_EQ(judge_all().report.failures, 0);
  EXPECT_EQ(server.requests() - before, failed);  // what was answered is not asked again
  std::map<std::string, int> lines;
  for (const JudgeRecord& record : ReadJudgeRecords(JudgeLogPath(run.path())).records) {
    ++lines[record.call.sample_id];
    EXPECT_EQ(record.reply.text, VerdictOf(std::stoi(record.call.sample_id)));
  }
  EXPECT_EQ(lines.size(), static_cast<std::size_t>(kSamples));
  for (const auto& [id, count] : lines) EXPECT_EQ(count, 1) << id;
}

}  // namespace
}  // namespace tessera
