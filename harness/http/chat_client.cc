#include "harness/http/chat_client.h"

#include <fmt/format.h>

#include "harness/base/error.h"

namespace tessera {
namespace {

std::string CompletionsUrl(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url.ends_with("/chat/completions") ? url : url + "/chat/completions";
}

std::string BodyOf(const ChatRequest& request) {
  Json body = {{"model", request.model}, {"messages", request.messages}, {"n", 1}};
  if (request.max_tokens > 0) body["max_tokens"] = request.max_tokens;
  if (request.temperature) body["temperature"] = *request.temperature;
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A token count is a courtesy of the server: one that is missing or odd is 0.
int TokensOf(const Json& json, const char* name) {
  const auto usage = json.find("usage");
  if (usage == json.end() || !usage->is_object()) return 0;
  const auto count = usage->find(name);
  if (count == usage->end() || !count->is_number_unsigned()) return 0;
  return static_cast<int>(std::min<std::uint64_t>(count->get<std::uint64_t>(), 1'000'000'000));
}

ChatReply ParseReply(const std::string& body) {
  const std::string where = "the server's reply";
  const Json json = ParseJson(body, where);
  const JsonFields fields(json, where);
  const Json& choices = fields.Array("choices");
  if (choices.empty()) fields.Fail("choices", "expected one, found none");
  const JsonFields choice(choices.front(), where, "choices.0");
  const JsonFields message = choice.Object("message");
  return {.text = message.String("content"),
          .model = fields.StringOr("model", ""),
          .prompt_tokens = TokensOf(json, "prompt_tokens"),
          .new_tokens = TokensOf(json, "completion_tokens"),
          .hit_token_limit = choice.StringOr("finish_reason", "") == "length"};
}

}  // namespace

ChatClient::ChatClient(const std::string& url, const std::string& key, const HttpSettings& settings,
                       const SpendingSettings& spending)
    : http_(CompletionsUrl(url), key, settings), spending_(spending) {}

std::variant<ChatReply, HttpFailure> ChatClient::Ask(const ChatRequest& request) {
  if (const auto refusal = spending_.Refusal()) return HttpFailure{*refusal};
  ChatReply reply;
  const auto failure = http_.PostJson(BodyOf(request), [&](const std::string& body) { reply = ParseReply(body); });
  if (failure) return *failure;
  spending_.Add(reply.prompt_tokens, reply.new_tokens);
  // Once more after decoding: a key may have come with escapes.
  reply.text = http_.WithoutKey(std::move(reply.text));
  reply.model = http_.WithoutKey(std::move(reply.model));
  return reply;
}

}  // namespace tessera
