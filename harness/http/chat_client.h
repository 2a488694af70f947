// Chat completions of an OpenAI-compatible server.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "harness/base/json_fields.h"
#include "harness/http/http_client.h"
#include "harness/http/spending.h"

namespace tessera {

struct ChatRequest {
  std::string model;
  Json messages;                      // an array of {"role", "content"}; a content is a text, or parts with pictures
  int max_tokens = 0;                 // 0: not sent
  std::optional<double> temperature;  // absent: not sent
};

struct ChatReply {
  std::string text;   // as it came; empty when the model said nothing
  std::string model;  // as the server names it
  int prompt_tokens = 0;
  int new_tokens = 0;
  bool hit_token_limit = false;  // finish_reason "length"
};

class ChatClient {
 public:
  /// `url`: the server's base ("https://host/v1"), or the whole "…/chat/completions". Throws as HttpClient and
  /// Spending do.
  ChatClient(const std::string& url, const std::string& key, const HttpSettings& settings,
             const SpendingSettings& spending = {});

  /// The first choice of one completion. A reply that is not JSON, or has no text, is a failed try. Nothing is sent
  /// once a limit of the spending is reached. Callable from several threads.
  std::variant<ChatReply, HttpFailure> Ask(const ChatRequest& request);

 private:
  HttpClient http_;
  Spending spending_;
};

}  // namespace tessera
