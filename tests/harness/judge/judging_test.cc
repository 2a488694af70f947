#include "harness/judge/judging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "harness/base/json_fields.h"
#include "harness/runner/build_report.h"
#include "tests/harness/fake_run.h"
#include "tests/harness/mock_server.h"

namespace tessera {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunRecord GradedRun(int samples) {
  return {.benchmarks = {{.name = "graded",
                          .split = "test",
                          .format = "official",
                          .recipe = {.name = "paper"},
                          .scoring = "graded",
                          .samples = samples}}};
}

SampleRecord Answered(const std::string& id, const std::string& answer, const std::string& reference = "yes") {
  return {.benchmark = "graded",
          .sample = {.id = id, .split = "test", .questions = {"?"}, .references = {reference}},
          .answers = {answer}};
}

/// What the mock judge is asked about: the last line of the prompt.
std::string AskedAbout(const std::string& request) {
  const Json body = Json::parse(request.substr(request.find("\r\n\r\n") + 4));
  const std::string text = body["messages"][0]["content"];
  return text.substr(text.rfind('\n') + 1);
}

/// Says what it is asked about; fails for "broken".
MockReply Echo(const std::string& request, int) {
  const std::string text = AskedAbout(request);
  if (text == "broken") return {.status = 400, .body = "no"};
  const Json body = Json::parse(request.substr(request.find("\r\n\r\n") + 4));
  return {.body = CompletionBody(text, body["model"])};
}

class JudgingTest : public testing::Test {
 protected:
  JudgeSettings Server(const MockServer& server, int concurrency = 4) const {
    return {.judge = server.url(), .model = "judge-1", .concurrency = concurrency, .http = {.tries = 1}};
  }
  ScoredRun Score(const JudgeSettings& settings, const std::vector<SampleRecord>& samples,
                  const std::string& scoring = "") const {
    Judging judging(settings, run_.path());
    return ScoreRun(GradedRun(static_cast<int>(samples.size())), samples, scoring, FindFake, &judging);
  }
  BenchmarkReport ReportOf(const JudgeSettings& settings, const std::vector<SampleRecord>& samples) const {
    return Score(settings, samples).report.benchmarks.at(0);
  }
  TempFolder run_;
};

TEST_F(JudgingTest, GradesAnswersAndNamesTheJudge) {
  const MockServer server(Echo);
  const BenchmarkReport report =
      ReportOf(Server(server), {Answered("1", "yes"), Answered("2", "no"), Answered("3", "?")});
  EXPECT_NEAR(report.scores.at(0).value.value(), 100.0 / 3, 1e-9);
  EXPECT_EQ(report.undecided, 1);
  ASSERT_TRUE(report.judge.has_value());
  EXPECT_THAT(report.judge->names, ElementsAre("judge-1"));
  EXPECT_EQ(report.judge->calls, 3);
  EXPECT_EQ(report.judge->prompt_tokens, 33);
  EXPECT_EQ(report.judge->failures, 0);
  EXPECT_THAT(report.deviations, ElementsAre("own judge prompt instead of the authors'"));
}

TEST_F(JudgingTest, AsksNothingTwice) {
  {
    const MockServer server(Echo);
    ReportOf(Server(server), {Answered("1", "yes")});
    ReportOf(Server(server), {Answered("1", "yes"), Answered("2", "no")});
    EXPECT_EQ(server.requests(), 2);
    ReportOf(Server(server), {Answered("1", "no")});  // another answer is another request
    EXPECT_EQ(server.requests(), 3);
  }
  const BenchmarkReport report = ReportOf({}, {Answered("1", "yes"), Answered("2", "no")});
  EXPECT_EQ(report.scores.at(0).value, 50);
  EXPECT_THAT(report.judge->names, ElementsAre("judge-1"));
}

TEST_F(JudgingTest, TheSameFileIsWhatAReplayReads) {
  const MockServer server(Echo);
  ReportOf(Server(server), {Answered("1", "yes")});
  const TempFolder other;
  Judging judging({.judge = "replay:" + JudgeLogPath(run_.path()).string()}, other.path());
  const ScoredRun run = ScoreRun(GradedRun(1), {Answered("1", "yes")}, "", FindFake, &judging);
  EXPECT_EQ(run.report.benchmarks.at(0).scores.at(0).value, 100);
  EXPECT_EQ(ReadFile(JudgeLogPath(other.path())), ReadFile(JudgeLogPath(run_.path())));
}

TEST_F(JudgingTest, AFailingJudgeLeavesTheSampleUnscored) {
  const MockServer server(Echo);
  const ScoredRun run = Score(Server(server), {Answered("1", "yes"), Answered("2", "broken"), Answered("3", "broken")});
  const BenchmarkReport& report = run.report.benchmarks.at(0);
  EXPECT_EQ(report.scores.at(0).value, 100);
  EXPECT_EQ(report.unscored, 2);
  EXPECT_EQ(report.judge->failures, 2);
  ASSERT_EQ(report.judge->reasons.size(), 1u);
  EXPECT_THAT(report.judge->reasons[0], HasSubstr("2 x " + server.url() + "/chat/completions: HTTP status 400: no"));
  EXPECT_THAT(run.scores.at(0).judgements.at(1).failure, HasSubstr("HTTP status 400"));
  EXPECT_TRUE(HasUnscored(run.report));
}

TEST_F(JudgingTest, AHalfFinishedDialogueIsNoScore) {
  const MockServer server([](const std::string&, int number) {
    return number == 0 ? MockReply{.body = CompletionBody("more", "judge-1")} : MockReply{.status = 400};
  });
  EXPECT_EQ(ReportOf(Server(server), {Answered("1", "yes")}).scores.at(0).value, std::nullopt);
}

TEST_F(JudgingTest, AsksAgainUntilTheVerdictStands) {
  const MockServer server(
      [](const std::string&, int number) { return MockReply{.body = CompletionBody(number < 2 ? "more" : "yes", "judge-1")}; });
  const BenchmarkReport report = ReportOf(Server(server), {Answered("1", "x")});
  EXPECT_EQ(report.scores.at(0).value, 100);
  EXPECT_EQ(report.judge->calls, 3);
  std::vector<double> temperatures;
  for (const JudgeRecord& record : ReadJudgeRecords(JudgeLogPath(run_.path())).records) {
    temperatures.push_back(record.call.request.temperature.value());
  }
  EXPECT_THAT(temperatures, ElementsAre(0, 0.5, 1));
}

TEST_F(JudgingTest, EndsAJudgeThatNeverDecides) {
  const MockServer server([](const std::string&, int) { return MockReply{.body = CompletionBody("more", "judge-1")}; });
  EXPECT_THAT(ReportOf(Server(server), {Answered("1", "x")}).judge->reasons, Contains(HasSubstr("after 100 calls")));
}

TEST_F(JudgingTest, WhatCannotBeAskedIsAReason) {
  const MockServer server(Echo);
  EXPECT_THAT(ReportOf(Server(server), {Answered("1", "x", "nothing")}).judge->reasons,
              ElementsAre("1 x there is nothing to grade by"));
}

TEST_F(JudgingTest, WithoutAJudgeTheRulesAreLeftAlone) {
  const BenchmarkReport report = ReportOf({.judge = "none"}, {Answered("1", "yes"), Answered("2", "no")});
  EXPECT_EQ(report.scores.at(0).value, std::nullopt);  // they cannot grade here
  EXPECT_EQ(JudgeName(*report.judge), "none");
  EXPECT_EQ(report.judge->unasked, 2);
  EXPECT_EQ(report.judge->failures, 0);
  EXPECT_THAT(report.deviations, ElementsAre("judge none instead of judge-1"));
}

TEST_F(JudgingTest, AStoredJudgeWithoutAReplyLeavesTheSampleUnscored) {
  const MockServer server(Echo);
  ReportOf(Server(server), {Answered("1", "yes")});
  const BenchmarkReport report = ReportOf({}, {Answered("1", "yes"), Answered("2", "no")});
  EXPECT_EQ(report.scores.at(0).value, 100);
  EXPECT_EQ(report.unscored, 1);
  EXPECT_THAT(report.judge->reasons, ElementsAre("1 x the run's log has no reply of judge-1, and no judge is asked"));
}

TEST_F(JudgingTest, TheNumberOfWorkersChangesNothing) {
  std::vector<SampleRecord> samples;
  for (int i = 0; i < 40; ++i) samples.push_back(Answered(std::to_string(i), i % 3 == 0 ? "yes" : "no"));
  std::vector<std::string> reports;
  for (const int workers : {1, 8}) {
    const MockServer server([](const std::string& request, int number) {
      MockReply reply = Echo(request, number);
      reply.delay_s = number % 2 == 0 ? 0.01 : 0;
      return reply;
    });
    const TempFolder run;
    Judging judging(Server(server, workers), run.path());
    reports.push_back(PrintJson(ScoreRun(GradedRun(40), samples, "", FindFake, &judging).report));
    EXPECT_EQ(server.requests(), 40);
  }
  EXPECT_EQ(reports[0], reports[1]);
}

TEST_F(JudgingTest, StopsWithTheRun) {
  const MockServer server(Echo);
  const std::atomic<bool> stop{true};
  JudgeSettings settings = Server(server);
  settings.http.stop = &stop;
  Judging judging(settings, run_.path());
  ScoreRun(GradedRun(1), {Answered("1", "yes")}, "", FindFake, &judging);
  EXPECT_TRUE(judging.stopped());
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(JudgingTest, AJudgeThatNobodyAsksIsAUsageError) {
  const MockServer server(Echo);
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { Score(Server(server), {Answered("1", "yes")}, "exact"); }),
              HasSubstr("those that do: graded of graded"));
}

TEST_F(JudgingTest, AnotherJudgeIsADeviation) {
  const MockServer server([](const std::string&, int) { return MockReply{.body = CompletionBody("yes", "other")}; });
  JudgeSettings settings = Server(server);
  settings.model = "other";
  EXPECT_THAT(ReportOf(settings, {Answered("1", "x")}).deviations, Contains("judge other instead of judge-1"));
}

TEST_F(JudgingTest, AnswersOfAnotherModelThanTheOneAskedForEndIt) {
  const MockServer server([](const std::string&, int) { return MockReply{.body = CompletionBody("yes", "other")}; });
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { ReportOf(Server(server), {Answered("1", "x")}); }),
              HasSubstr("asked for as \"judge-1\" and answered as \"other\""));
  EXPECT_FALSE(std::filesystem::exists(JudgeLogPath(run_.path())));
}

TEST_F(JudgingTest, ATokenLimitLeavesTheRestForTheNextStart) {
  const MockServer server(Echo);
  JudgeSettings settings = Server(server, 1);
  settings.spending.tokens = 20;  // a reply counts 13
  const std::vector<SampleRecord> samples = {Answered("1", "yes"), Answered("2", "yes"), Answered("3", "yes")};
  const BenchmarkReport report = ReportOf(settings, samples);
  EXPECT_EQ(report.judge->calls, 2);
  EXPECT_THAT(report.judge->reasons, ElementsAre("1 x the limit of 20 tokens is reached"));
  EXPECT_EQ(ReportOf(settings, samples).unscored, 0);
  EXPECT_EQ(server.requests(), 3);
}

TEST_F(JudgingTest, RepliesOfSeveralJudgesAreNotMixed) {
  const MockServer server(Echo);
  JudgeSettings settings = Server(server);
  ReportOf(settings, {Answered("1", "yes")});
  settings.model = "second";
  ReportOf(settings, {Answered("1", "yes")});
  EXPECT_EQ(server.requests(), 2);
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [&] { ReportOf({}, {Answered("1", "yes")}); }),
              HasSubstr("--judge-model: judge-1, second"));
  EXPECT_EQ(ReportOf({.model = "second"}, {Answered("1", "yes")}).judge->calls, 1);
}

TEST_F(JudgingTest, TakesTheAuthorsTextsAndChecksThem) {
  const MockServer server(Echo);
  const TempFolder prompts;
  prompts.Write("graded/header.txt", "THE HEADER\n");
  prompts.Write("elsewhere/header.txt", "another benchmark's");
  JudgeSettings settings = Server(server);
  settings.prompts = prompts.path();
  const BenchmarkReport report = ReportOf(settings, {Answered("1", "yes")});
  EXPECT_EQ(report.judge->prompt, "authors' judge prompt");
  EXPECT_THAT(report.deviations, IsEmpty());
  EXPECT_EQ(report.judge->prompt_sha256.size(), 64u);
  const auto error = [&] { return ErrorOf(ErrorKind::kInput, [&] { ReportOf(settings, {Answered("1", "yes")}); }); };
  prompts.Write("graded/header.txt", "the header\n");
  EXPECT_THAT(error(), HasSubstr("do not make the authors' message 1 of 1: expected SHA-256"));
  prompts.Write("graded/header.txt", "THE HEADER\n");
  prompts.Write("graded/heading.txt", "x");
  EXPECT_THAT(error(), HasSubstr("has no text \"graded/heading\""));
}

}  // namespace
}  // namespace tessera
