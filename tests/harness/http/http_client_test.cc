#include "harness/http/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "harness/http/chat_client.h"
#include "tests/harness/fake_run.h"
#include "tests/harness/mock_server.h"

namespace tessera {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "sk-planted-0123456789";

HttpSettings Quick(int tries = 3) { return {.timeout_s = 5, .tries = tries, .first_wait_s = 0.01}; }

/// The message of the failure, or "" on success; the body goes to `body`.
std::string Post(const std::string& url, const HttpSettings& settings, std::string* body = nullptr,
                 const std::string& key = "") {
  const HttpClient client(url, key, settings);
  const auto failure = client.PostJson("{}", [&](const std::string& text) {
    if (body != nullptr) *body = text;
  });
  return failure ? failure->message : "";
}

double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(HttpClient, PostsJsonWithTheKeyAndGivesTheBody) {
  std::string seen;
  const MockServer server([&](const std::string& request, int) {
    seen = request;
    return MockReply{.body = "hello"};
  });
  std::string body;
  EXPECT_EQ(Post(server.url() + "/v1/x", Quick(), &body, kKey), "");
  EXPECT_EQ(body, "hello");
  EXPECT_THAT(seen, HasSubstr("POST /v1/x HTTP"));
  EXPECT_THAT(seen, HasSubstr("Content-Type: application/json"));
  EXPECT_THAT(seen, HasSubstr(std::string("Authorization: Bearer ") + kKey));
  EXPECT_THAT(seen, testing::EndsWith("\r\n\r\n{}"));
}

TEST(HttpClient, TriesAgainAfterAServerError) {
  const MockServer server([](const std::string&, int number) { return MockReply{.status = number < 2 ? 500 : 200}; });
  EXPECT_EQ(Post(server.url(), Quick(3)), "");
  EXPECT_EQ(server.requests(), 3);
}

TEST(HttpClient, GivesUpAfterTheLastTry) {
  const MockServer server([](const std::string&, int) { return MockReply{.status = 503, .body = "too\nbusy"}; });
  EXPECT_THAT(Post(server.url(), Quick(2)), HasSubstr("HTTP status 503: too busy (try 2 of 2)"));
  EXPECT_EQ(server.requests(), 2);
}

TEST(HttpClient, DoesNotRepeatARefusedRequest) {
  for (const int status : {400, 401, 403, 404, 422}) {
    const MockServer server([&](const std::string&, int) { return MockReply{.status = status, .body = "no"}; });
    EXPECT_THAT(Post(server.url(), Quick()), HasSubstr("HTTP status " + std::to_string(status)));
    EXPECT_EQ(server.requests(), 1);
  }
}

TEST(HttpClient, WaitsAsLongAsTheServerAsks) {
  const MockServer server([](const std::string&, int number) {
    return number == 0 ? MockReply{.status = 429, .headers = {"Retry-After: 1"}} : MockReply{};
  });
  EXPECT_GE(Seconds([&] { EXPECT_EQ(Post(server.url(), Quick()), ""); }), 1);
}

TEST(HttpClient, DoesNotWaitForever) {
  const MockServer server(
      [](const std::string&, int) { return MockReply{.status = 429, .headers = {"Retry-After: 3600"}}; });
  EXPECT_THAT(Post(server.url(), Quick()), HasSubstr("asks to wait 3600 s"));
  EXPECT_EQ(server.requests(), 1);
}

TEST(HttpClient, EndsATryThatTakesTooLong) {
  const MockServer server([](const std::string&, int) { return MockReply{.delay_s = 1.5}; });
  HttpSettings settings = Quick(1);
  settings.timeout_s = 0.2;
  EXPECT_LT(Seconds([&] { EXPECT_THAT(Post(server.url(), settings), HasSubstr("timed out")); }), 1.2);
}

TEST(HttpClient, RefusesHalfABody) {
  const MockServer server([](const std::string&, int number) {
    return MockReply{.body = "half", .missing_bytes = number == 0 ? std::size_t{10} : std::size_t{0}};
  });
  std::string body;
  EXPECT_EQ(Post(server.url(), Quick(), &body), "");
  EXPECT_EQ(server.requests(), 2);
  EXPECT_EQ(body, "half");
}

TEST(HttpClient, RefusesAHugeBody) {
  const MockServer server([](const std::string&, int) { return MockReply{.body = std::string(100'000, 'x')}; });
  HttpSettings settings = Quick();
  settings.max_response_bytes = 1000;
  EXPECT_THAT(Post(server.url(), settings), HasSubstr("larger than 1000 bytes"));
  EXPECT_EQ(server.requests(), 1);
}

TEST(HttpClient, FollowsNoRedirect) {
  const MockServer other([](const std::string&, int) { return MockReply{}; });
  const MockServer server(
      [&](const std::string&, int) { return MockReply{.status = 302, .headers = {"Location: " + other.url()}}; });
  EXPECT_THAT(Post(server.url(), Quick()), HasSubstr("a redirect, which is not followed"));
  EXPECT_EQ(other.requests(), 0);
}

TEST(HttpClient, SaysWhenNobodyListens) {
  std::string url;
  {
    const MockServer server([](const std::string&, int) { return MockReply{}; });
    url = server.url();
  }
  EXPECT_THAT(Post(url, Quick(2)), HasSubstr("(try 2 of 2)"));
}

TEST(HttpClient, KeepsTheKeyOutOfBodiesAndMessages) {
  const MockServer server([](const std::string&, int number) {
    return MockReply{.status = number == 0 ? 200 : 401, .body = std::string("your key is ") + kKey};
  });
  std::string body;
  EXPECT_EQ(Post(server.url(), Quick(), &body, kKey), "");
  EXPECT_EQ(body, "your key is ***");
  const std::string message = Post(server.url(), Quick(), nullptr, kKey);
  EXPECT_THAT(message, HasSubstr("your key is ***"));
  EXPECT_THAT(message, Not(HasSubstr(kKey)));
}

TEST(HttpClient, StopsAtOnce) {
  const MockServer server([](const std::string&, int) { return MockReply{.status = 500}; });
  std::atomic<bool> stop{false};
  HttpSettings settings = Quick();
  settings.first_wait_s = 30;
  settings.stop = &stop;
  const HttpClient client(server.url(), "", settings);
  const std::jthread stopper([&] {
    while (server.requests() == 0) std::this_thread::yield();
    stop = true;
  });
  std::optional<HttpFailure> failure;
  EXPECT_LT(Seconds([&] { failure = client.PostJson("{}", [](const std::string&) {}); }), 5);
  ASSERT_TRUE(failure.has_value());
  EXPECT_TRUE(failure->stopped);
}

TEST(HttpClient, RefusesAUrlThatWouldLeakTheKey) {
  const auto error = [](const std::string& url, const std::string& key) {
    return ErrorOf(ErrorKind::kUsage, [&] { HttpClient(url, key, {}); });
  };
  EXPECT_THAT(error("http://example.com/v1", kKey), HasSubstr("https:// only"));
  EXPECT_THAT(error("http://localhost.example.com/v1", kKey), HasSubstr("https:// only"));
  EXPECT_THAT(error("https://user:pass@example.com", ""), HasSubstr("no user name"));
  EXPECT_THAT(error("https://example.com", "a\nb"), HasSubstr("control character"));
  EXPECT_THAT(error("ftp://example.com", ""), HasSubstr("expected a URL"));
  EXPECT_THAT(error("http://", ""), HasSubstr("names no host"));
  EXPECT_EQ(error("http://localhost:8000/v1", kKey), "no error");
}

// --- chat completions ---

std::variant<ChatReply, HttpFailure> Chat(const MockServer& server, const ChatRequest& request = {.model = "m"}) {
  return ChatClient(server.url() + "/v1/", kKey, Quick(2)).Ask(request);
}

TEST(ChatClient, SendsTheRequestAndReadsTheFirstChoice) {
  std::string seen;
  const MockServer server([&](const std::string& request, int) {
    seen = request;
    return MockReply{.body = CompletionBody(" 0.5 ", "gpt-4-0613")};
  });
  const auto outcome = Chat(
      server,
      {.model = "gpt-4", .messages = {{{"role", "user"}, {"content", "hi"}}}, .max_tokens = 3, .temperature = 0.5});
  const ChatReply& reply = std::get<ChatReply>(outcome);
  EXPECT_EQ(reply.text, " 0.5 ");
  EXPECT_EQ(reply.model, "gpt-4-0613");
  EXPECT_EQ(reply.prompt_tokens, 11);
  EXPECT_EQ(reply.new_tokens, 2);
  EXPECT_THAT(seen, HasSubstr("POST /v1/chat/completions"));
  const Json body = Json::parse(seen.substr(seen.find("\r\n\r\n") + 4));
  EXPECT_EQ(body, Json::parse(R"({"model": "gpt-4", "messages": [{"role": "user", "content": "hi"}],
                                  "max_tokens": 3, "temperature": 0.5, "n": 1})"));
}

TEST(ChatClient, LeavesOutWhatIsNotSet) {
  std::string seen;
  const MockServer server([&](const std::string& request, int) {
    seen = request;
    return MockReply{.body = CompletionBody("x")};
  });
  Chat(server);
  EXPECT_THAT(seen, Not(HasSubstr("temperature")));
  EXPECT_THAT(seen, Not(HasSubstr("max_tokens")));
}

TEST(ChatClient, ABadReplyIsAFailedTry) {
  for (const char* body : {"", "no json", "[]", "{}", R"({"choices": []})", R"({"choices": [{"message": {}}]})",
                           R"({"choices": [{"message": {"content": 5}}]})", R"({"choices": "x"})"}) {
    const MockServer server([&](const std::string&, int) { return MockReply{.body = body}; });
    const auto outcome = Chat(server);
    ASSERT_TRUE(std::holds_alternative<HttpFailure>(outcome)) << body;
    EXPECT_THAT(std::get<HttpFailure>(outcome).message, HasSubstr("the server's reply")) << body;
    EXPECT_EQ(server.requests(), 2) << body;
  }
}

TEST(ChatClient, KeepsAnEscapedKeyOutOfTheText) {
  const MockServer server([](const std::string&, int) {
    return MockReply{.body = R"({"choices": [{"message": {"content": "\u0073k-planted-0123456789"}}]})"};
  });
  EXPECT_EQ(std::get<ChatReply>(Chat(server)).text, "***");
}

}  // namespace
}  // namespace tessera
