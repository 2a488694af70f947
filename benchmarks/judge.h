// What a benchmark asks of an LLM judge. The calls themselves are made elsewhere, logged, and can be replayed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/sample.h"
#include "metrics/score.h"

namespace tessera {

/// One message of a chat.
struct JudgeMessage {
  std::string role;  // "system", "user", "assistant"
  std::string text;
};

/// One call of the judge.
struct JudgeRequest {
  std::vector<JudgeMessage> messages;
  int max_tokens = 0;                 // 0: not sent, the server's default
  std::optional<double> temperature;  // absent: not sent
};

/// The texts that the benchmark's authors wrote for the judge, by name ("mmvet/header"): theirs when the user gives
/// them, else our own wording of the same structure.
using JudgeTexts = std::map<std::string, std::string, std::less<>>;

/// The text called `name`, else `own`.
std::string JudgeText(const JudgeTexts& texts, std::string_view name, std::string_view own);

/// `text` with each `{name}` replaced by the value of that name, in one pass: a value is not searched again. Braces
/// around anything else stay as they are.
std::string FillSlots(std::string_view text, const std::map<std::string, std::string, std::less<>>& values);

/// The next call for `sample`, given the judge's replies so far in `reply.judgements`; nullopt when the verdict stands
/// (or the published number of tries is used up). Pure: the same arguments give the same request.
using AskJudge = std::optional<JudgeRequest> (*)(const Sample& sample, const Reply& reply, const JudgeTexts& texts);

/// A request that the authors' texts are known to make: how the files that a user gives are recognised.
struct JudgeCheck {
  Sample sample;
  Reply reply;                           // with the judge's replies before this request
  std::vector<std::string_view> sha256;  // of the text of each message
};

}  // namespace tessera
