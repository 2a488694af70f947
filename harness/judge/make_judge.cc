#include "harness/judge/make_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/strings.h"
#include "harness/http/chat_client.h"
#include "harness/http/read_key.h"
#include "harness/judge/judge_log.h"

namespace tessera {
namespace {

constexpr std::string_view kReplay = "replay:";

class HttpJudge : public Judge {
 public:
  HttpJudge(const JudgeSettings& settings, const std::string& key)
      : limiter_(std::max(1, settings.concurrency)),
        chat_(settings.judge, key, WithLimiter(settings.http, &limiter_), settings.spending),
        model_(settings.model) {}

  JudgeOutcome Ask(const JudgeCall& call) override {
    ChatRequest request{.model = model_,
                        .messages = Json::array(),
                        .max_tokens = call.request.max_tokens,
                        .temperature = call.request.temperature};
    for (const JudgeMessage& message : call.request.messages) {
      request.messages.push_back({{"role", message.role}, {"content", message.text}});
    }
    const std::variant<ChatReply, HttpFailure> outcome = chat_.Ask(request);
    if (const auto* failure = std::get_if<HttpFailure>(&outcome))
      return JudgeFailure{failure->message, failure->stopped};
    const ChatReply& reply = std::get<ChatReply>(outcome);
    if (!reply.model.empty() && reply.model != model_) {
      throw EnvironmentError(fmt::format(
          "the judge was asked for as \"{}\" and answered as \"{}\"; give --judge-model the name that answers", model_,
          ReplaceInvalidUtf8(reply.model)));
    }
    return JudgeReply{.judge = model_,
                      .model = model_,
                      .text = ReplaceInvalidUtf8(reply.text),
                      .prompt_tokens = reply.prompt_tokens,
                      .new_tokens = reply.new_tokens};
  }

 private:
  static HttpSettings WithLimiter(HttpSettings settings, RequestLimiter* limiter) {
    settings.limiter = limiter;
    return settings;
  }

  RequestLimiter limiter_;
  ChatClient chat_;
  std::string model_;
};

/// Replies by benchmark, sample and call. A line with a split, a scoring or the hash of its request answers only what
/// agrees with them.
class ReplayJudge : public Judge {
 public:
  explicit ReplayJudge(std::filesystem::path file) : file_(std::move(file)) {
    JudgeRecords read = ReadJudgeRecords(file_);
    if (read.torn_last_line) throw InputError(file_.string() + ": the last line does not end with a newline");
    for (JudgeRecord& record : read.records) {
      Key key{record.call.benchmark, record.call.sample_id, record.call.number};
      records_[std::move(key)].push_back(std::move(record));
    }
  }

  JudgeOutcome Ask(const JudgeCall& call) override {
    const auto found = records_.find({call.benchmark, call.sample_id, call.number});
    if (found == records_.end()) {
      return JudgeFailure{fmt::format("{}: has no reply to call {}", file_.string(), call.number)};
    }
    const JudgeRecord* match = nullptr;
    bool is_other_request = false;
    for (const JudgeRecord& record : found->second) {
      if (!record.call.split.empty() && record.call.split != call.split) continue;
      if (record.has_request ? record.call.request_sha256 != call.request_sha256
                             : !record.call.scoring.empty() && record.call.scoring != call.scoring) {
        is_other_request |= record.has_request;
        continue;
      }
      if (match != nullptr && match->reply.text != record.reply.text) {
        return JudgeFailure{fmt::format("{}: has several replies to call {}", file_.string(), call.number)};
      }
      match = &record;
    }
    if (match != nullptr) return match->reply;
    return JudgeFailure{fmt::format("{}: {} call {}", file_.string(),
                                    is_other_request ? "answers another request in" : "has no reply to", call.number)};
  }

 private:
  using Key = std::tuple<std::string, std::string, int>;
  std::filesystem::path file_;
  std::map<Key, std::vector<JudgeRecord>> records_;
};

bool IsReplay(const JudgeSettings& settings) { return settings.judge.starts_with(kReplay); }

void CheckSettings(const JudgeSettings& settings) {
  const bool is_server = CallsJudge(settings) && !IsReplay(settings);
  const bool has_key = !settings.key_env.empty() || !settings.key_file.empty();
  if (!is_server && has_key) throw UsageError("a key for the judge has no effect without --judge URL");
  const SpendingSettings& spending = settings.spending;
  if (!is_server && (spending.tokens || spending.cost || !spending.prices.empty())) {
    throw UsageError("a limit to what the judge costs has no effect without --judge URL");
  }
  if (is_server && settings.model.empty()) {
    throw UsageError("--judge-model is missing: the model that the judge's server is asked for");
  }
  if (!settings.model.empty() && (IsReplay(settings) || settings.judge == "none")) {
    throw UsageError("--judge-model has no effect with --judge " + settings.judge);
  }
}

}  // namespace

bool CallsJudge(const JudgeSettings& settings) { return !settings.judge.empty() && settings.judge != "none"; }

std::unique_ptr<Judge> MakeJudge(const JudgeSettings& settings) {
  CheckSettings(settings);
  if (!CallsJudge(settings)) return nullptr;
  if (IsReplay(settings)) return std::make_unique<ReplayJudge>(settings.judge.substr(kReplay.size()));
  return std::make_unique<HttpJudge>(settings, ReadKey({settings.key_env, settings.key_file, "--judge-key"}));
}

}  // namespace tessera
