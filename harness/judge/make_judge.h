// The forms of a judge: a server, or stored replies.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "harness/http/http_client.h"
#include "harness/http/spending.h"
#include "harness/judge/judge.h"

namespace tessera {

struct JudgeSettings {
  /// Empty: the replies that the run's log has. "none": no judge. "replay:FILE": those of a file. Else the base URL of
  /// an OpenAI-compatible server.
  std::string judge;
  std::string model;     // that the server is asked for; or, of several in the log, the one whose replies count
  std::string key_env;   // the environment variable that holds the key
  std::string key_file;  // or the file that does
  std::filesystem::path prompts;  // folder with the authors' texts; empty: our own wording
  int concurrency = 4;            // calls under way at the same time
  HttpSettings http;              // `limiter` is set by the judge
  SpendingSettings spending;
};

/// True when `settings` name a server or a file of replies.
bool CallsJudge(const JudgeSettings& settings);

/// The judge; nullptr when !CallsJudge. A server's judge sends at most `concurrency` requests at a time, and throws
/// kEnvironment when it answers as another model than the one asked for. Throws kUsage for settings without effect, a
/// server without a model, or a key that is not there; kInput for a broken file of replies.
std::unique_ptr<Judge> MakeJudge(const JudgeSettings& settings);

}  // namespace tessera
