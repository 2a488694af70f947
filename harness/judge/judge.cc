#include "harness/judge/judge.h"

#include <nlohmann/json.hpp>

#include "harness/base/hash.h"

namespace tessera {

std::string RequestSha256(const JudgeRequest& request) {
  using OrderedJson = nlohmann::ordered_json;
  OrderedJson json = {{"messages", OrderedJson::array()}, {"max_tokens", request.max_tokens}};
  for (const JudgeMessage& message : request.messages) {
    json["messages"].push_back({{"role", message.role}, {"content", message.text}});
  }
  if (request.temperature) json["temperature"] = *request.temperature;
  return Sha256(json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

}  // namespace tessera
