#include "harness/backends/endpoint_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <mutex>
#include <semaphore>

#include "datasets/base64.h"
#include "harness/backends/chat_messages.h"
#include "model/api/generate_all.h"
#include "tests/harness/fake_run.h"
#include "tests/harness/mock_server.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Query MakeQuery(const std::string& question, ImageMarks marks = ImageMarks::kLeading) {
  return {.sample_id = "1",
          .prompt = {.turns = {{Role::kSystem, "Be good."}, {Role::kUser, question}},
                     .image_marks = marks,
                     .generation = {.max_new_tokens = 10}}};
}

std::shared_ptr<const EncodedPicture> Bytes(std::string_view text) {
  return std::make_shared<const EncodedPicture>(text.begin(), text.end());
}

const std::string_view kPng = "\x89PNG\r\n\x1a\n....";
const std::string_view kJpeg = "\xff\xd8\xff\xe0....";

Json Body(const std::string& request) { return Json::parse(request.substr(request.find("\r\n\r\n") + 4)); }

EndpointSettings Settings(const MockServer& server, int concurrency = 4) {
  return {.url = server.url() + "/v1",
          .model = "m",
          .concurrency = concurrency,
          .http = {.timeout_s = 5, .tries = 3, .first_wait_s = 0.01}};
}

/// Answers the probe, then as `handle` says.
MockServer::Handler AfterProbe(MockServer::Handler handle) {
  return [handle = std::move(handle)](const std::string& request, int number) {
    return number == 0 ? MockReply{.body = CompletionBody("hi", "m")} : handle(request, number);
  };
}

std::string FailureOf(EndpointBackend& backend) {
  const Query query = MakeQuery("q");
  const std::vector<Outcome> outcomes = GenerateAll(backend, {&query, 1});
  const auto* failure = std::get_if<Failure>(&outcomes.at(0));
  return failure != nullptr ? failure->message : "no failure";
}

TEST(ChatMessages, PicturesLeadTheFirstQuestionAndALiteralMarkStaysText) {
  Query query = MakeQuery("What is <image>?");
  query.prompt.turns.push_back({Role::kAssistant, "A cat."});
  query.prompt.turns.push_back({Role::kUser, "Why?"});
  query.encoded = {Bytes(kPng), Bytes(kJpeg)};
  const Json messages = ChatMessages(query);
  ASSERT_THAT(messages, SizeIs(4));
  EXPECT_EQ(messages[0], (Json{{"role", "system"}, {"content", "Be good."}}));
  const Json& parts = messages[1]["content"];
  ASSERT_THAT(parts, SizeIs(3));
  EXPECT_EQ(parts[0]["image_url"]["url"], "data:image/png;base64,iVBORw0KGgouLi4u");
  EXPECT_EQ(parts[1]["image_url"]["url"], "data:image/jpeg;base64,/9j/4C4uLi4=");
  EXPECT_EQ(parts[2], (Json{{"type", "text"}, {"text", "What is <image>?"}}));
  EXPECT_EQ(messages[2], (Json{{"role", "assistant"}, {"content", "A cat."}}));
  EXPECT_EQ(messages[3], (Json{{"role", "user"}, {"content", "Why?"}}));
}

TEST(ChatMessages, PicturesStandAtTheFirstMark) {
  Query query = MakeQuery("See <image> and <image>.", ImageMarks::kReplaced);
  query.encoded = {Bytes(kPng)};
  const Json parts = ChatMessages(query)[1]["content"];
  ASSERT_THAT(parts, SizeIs(3));
  EXPECT_EQ(parts[0]["text"], "See ");
  EXPECT_EQ(parts[1]["type"], "image_url");
  EXPECT_EQ(parts[2]["text"], " and <image>.");
}

TEST(ChatMessages, AnEmptySystemMessageIsNotSentAndTextAloneIsAString) {
  Query query = MakeQuery("q");
  query.prompt.turns[0].text = "";
  EXPECT_EQ(ChatMessages(query), (Json{{{"role", "user"}, {"content", "q"}}}));
}

TEST(EndpointBackend, AsksGreedilyAndReadsTheReply) {
  Json seen;
  const MockServer server(AfterProbe([&seen](const std::string& request, int) {
    seen = Body(request);
    Json reply = Json::parse(CompletionBody("a cat", "m"));
    reply["choices"][0]["finish_reason"] = "length";
    return MockReply{.body = reply.dump()};
  }));
  EndpointBackend backend(Settings(server));
  const Query query = MakeQuery("q");
  const Prediction prediction = std::get<Prediction>(GenerateAll(backend, {&query, 1}).at(0));
  EXPECT_EQ(prediction.answer, "a cat");
  EXPECT_EQ(prediction.prompt_tokens, 11);
  EXPECT_EQ(prediction.new_tokens, 2);
  EXPECT_TRUE(prediction.hit_token_limit);
  EXPECT_EQ(seen["model"], "m");
  EXPECT_EQ(seen["temperature"], 0);
  EXPECT_EQ(seen["max_tokens"], 10);
}

TEST(EndpointBackend, OutcomesHaveTheOrderOfTheQueriesAndRequestsRunSideBySide) {
  std::atomic<int> inside{0}, most{0};
  const MockServer server(AfterProbe([&](const std::string& request, int) {
    const int now = ++inside;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
    const std::string question = Body(request)["messages"][1]["content"];
    std::this_thread::sleep_for(std::chrono::milliseconds(question == "0" ? 300 : 100));
    --inside;
    return MockReply{.body = CompletionBody(question, "m")};
  }));
  EndpointBackend backend(Settings(server, 3));
  std::vector<Query> queries;
  for (int i = 0; i < 6; ++i) queries.push_back(MakeQuery(std::to_string(i)));
  const std::vector<Outcome> outcomes = GenerateAll(backend, queries);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(std::get<Prediction>(outcomes.at(i)).answer, std::to_string(i));
  EXPECT_GE(most, 2);
  EXPECT_LE(most, 3);
}

TEST(EndpointBackend, GivesEachOutcomeAwayWhenItsReplyComes) {
  std::binary_semaphore is_taken{0};
  const MockServer server(AfterProbe([&](const std::string& request, int) {
    const std::string question = Body(request)["messages"][1]["content"];
    const bool may_reply = question == "fast" || is_taken.try_acquire_for(std::chrono::seconds(60));
    EXPECT_TRUE(may_reply);
    return MockReply{.body = CompletionBody(question, "m")};
  }));
  EndpointBackend backend(Settings(server, 2));
  const std::vector<Query> queries = {MakeQuery("slow"), MakeQuery("fast")};
  std::vector<std::size_t> order;
  backend.Generate(queries, [&](std::size_t index, const Outcome& outcome) {
    EXPECT_EQ(std::get<Prediction>(outcome).answer, index == 0 ? "slow" : "fast");
    order.push_back(index);
    if (index == 1) is_taken.release();
  });
  EXPECT_THAT(order, testing::ElementsAre(1u, 0u));
}

TEST(EndpointBackend, AFailedRequestIsAFailureOfItsSample) {
  MockReply reply;
  const MockServer server(AfterProbe([&reply](const std::string&, int) { return reply; }));
  EndpointBackend backend(Settings(server));
  reply = {.status = 500, .body = "out of memory"};
  EXPECT_THAT(FailureOf(backend), HasSubstr("HTTP status 500: out of memory (try 3 of 3)"));
  reply = {.status = 400, .body = "too long"};
  EXPECT_THAT(FailureOf(backend), HasSubstr("HTTP status 400: too long"));
  reply = {.body = "{"};
  EXPECT_THAT(FailureOf(backend), HasSubstr("(try 3 of 3)"));
  reply = {.body = CompletionBody("half", "m"), .missing_bytes = 100};
  EXPECT_THAT(FailureOf(backend), HasSubstr("(try 3 of 3)"));
}

TEST(EndpointBackend, TriesAgainWhenTheServerThrottles) {
  const MockServer server(AfterProbe([](const std::string&, int number) {
    return number == 1 ? MockReply{.status = 429} : MockReply{.body = CompletionBody("x", "m")};
  }));
  EndpointBackend backend(Settings(server));
  EXPECT_EQ(FailureOf(backend), "no failure");
  EXPECT_EQ(server.requests(), 3);
}

TEST(EndpointBackend, AnotherModelEndsTheRun) {
  const MockServer other([](const std::string&, int) { return MockReply{.body = CompletionBody("x", "other")}; });
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { EndpointBackend backend(Settings(other)); }),
              HasSubstr("asked for the model \"m\", answered by \"other\""));
  const MockServer later(
      AfterProbe([](const std::string&, int) { return MockReply{.body = CompletionBody("x", "later")}; }));
  EndpointBackend backend(Settings(later));
  EXPECT_THAT(ErrorOf(ErrorKind::kEnvironment, [&] { FailureOf(backend); }), HasSubstr("answered by \"later\""));
}

TEST(EndpointBackend, RefusesBeamSearchAndAUrlWithAQuery) {
  const MockServer server([](const std::string&, int) { return MockReply{.body = CompletionBody("x", "m")}; });
  EndpointBackend backend(Settings(server));
  Query query = MakeQuery("q");
  query.prompt.generation.num_beams = 5;
  EXPECT_THAT(std::get<Failure>(GenerateAll(backend, {&query, 1}).at(0)).message, HasSubstr("beam search"));
  EXPECT_THAT(ErrorOf(ErrorKind::kUsage, [] { EndpointBackend({.url = "http://localhost/v1?key=x", .model = "m"}); }),
              HasSubstr("may hold no \"?\""));
}

}  // namespace
}  // namespace tessera
