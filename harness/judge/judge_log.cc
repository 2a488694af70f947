#include "harness/judge/judge_log.h"

#include <fmt/format.h>

#include "harness/base/json_fields.h"
#include "harness/journal/fields.h"

namespace tessera {
namespace {

using OrderedJson = nlohmann::ordered_json;

JudgeRecord ParseLogLine(std::string_view line, const std::string& where) {
  const Json json = ParseJson(line, where);
  const JsonFields fields(json, where);
  JudgeRecord record{.call = {.benchmark = fields.String("benchmark"),
                              .split = fields.StringOr("split", ""),
                              .sample_id = fields.String("sample_id"),
                              .scoring = fields.StringOr("scoring", ""),
                              .number = CountOf(fields, "call"),
                              .request_sha256 = fields.StringOr("request_sha256", "")},
                     .has_request = fields.Has("request_sha256"),
                     .reply = {.judge = fields.String("judge"), .text = fields.String("reply")}};
  if (fields.Has("temperature")) record.call.request.temperature = fields.Number("temperature");
  if (record.reply.judge.empty()) fields.Fail("judge", "expected a name, found an empty text");
  record.reply.model = fields.StringOr("model", record.reply.judge);
  if (fields.Has("prompt_tokens")) record.reply.prompt_tokens = CountOf(fields, "prompt_tokens");
  if (fields.Has("new_tokens")) record.reply.new_tokens = CountOf(fields, "new_tokens");
  return record;
}

}  // namespace

std::string ToLogLine(const JudgeRecord& record) {
  const JudgeCall& call = record.call;
  OrderedJson line = {{"benchmark", call.benchmark}, {"split", call.split}, {"sample_id", call.sample_id},
                      {"scoring", call.scoring},     {"call", call.number}, {"request_sha256", call.request_sha256}};
  line["temperature"] = call.request.temperature ? OrderedJson(*call.request.temperature) : OrderedJson(nullptr);
  line["model"] = record.reply.model;
  line["judge"] = record.reply.judge;
  line["reply"] = record.reply.text;
  line["prompt_tokens"] = record.reply.prompt_tokens;
  line["new_tokens"] = record.reply.new_tokens;
  return line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

JudgeRecords ReadJudgeRecords(const std::filesystem::path& file) {
  JudgeRecords result;
  result.torn_last_line = ForEachLine(file, [&](std::string_view line, int number) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    result.records.push_back(ParseLogLine(line, fmt::format("{}:{}", file.string(), number)));
  });
  return result;
}

std::filesystem::path JudgeLogPath(const std::filesystem::path& run_folder) {
  return run_folder / "journal" / "judge.jsonl";
}

JudgeLog::JudgeLog(const std::filesystem::path& run_folder) : path_(JudgeLogPath(run_folder)) {
  if (!std::filesystem::exists(path_)) return;
  for (const JudgeRecord& record : ReadJudgeRecords(path_).records) {
    replies_.emplace(KeyOf(record.call, record.reply.model), record.reply);
  }
}

JudgeLog::Key JudgeLog::KeyOf(const JudgeCall& call, const std::string& model) {
  return {call.benchmark, call.split, call.sample_id, call.number, call.request_sha256, model};
}

std::optional<JudgeReply> JudgeLog::Find(const JudgeCall& call, const std::string& model) const {
  const std::lock_guard lock(mutex_);
  const auto found = replies_.find(KeyOf(call, model));
  return found == replies_.end() ? std::nullopt : std::optional(found->second);
}

void JudgeLog::Append(const JudgeCall& call, const JudgeReply& reply) {
  const std::lock_guard lock(mutex_);
  if (!replies_.emplace(KeyOf(call, reply.model), reply).second) return;
  if (!writer_) writer_.emplace(path_);
  writer_->Append(ToLogLine({.call = call, .has_request = true, .reply = reply}));
}

std::set<std::string> JudgeLog::Models() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> models;
  for (const auto& [key, reply] : replies_) models.insert(reply.model);
  return models;
}

}  // namespace tessera
