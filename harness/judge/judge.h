// The LLM judge, whatever stands behind it.
#pragma once

#include <string>
#include <variant>

#include "benchmarks/judge.h"

namespace tessera {

/// One question to the judge, and whose it is.
struct JudgeCall {
  std::string benchmark;
  std::string split;
  std::string sample_id;
  std::string scoring;
  int number = 0;  // of the call for this sample, from 0
  JudgeRequest request;
  std::string request_sha256;
};

struct JudgeReply {
  std::string judge;  // the model's name as the server answered
  std::string model;  // the model that was asked for
  std::string text;
  int prompt_tokens = 0;
  int new_tokens = 0;
};

struct JudgeFailure {
  std::string message;
  bool stopped = false;  // the run is being interrupted
};

using JudgeOutcome = std::variant<JudgeReply, JudgeFailure>;

class Judge {
 public:
  virtual ~Judge() = default;
  /// Callable from several threads. Throws kEnvironment when it cannot go on at all.
  virtual JudgeOutcome Ask(const JudgeCall& call) = 0;
};

/// SHA-256 of the messages, the token limit and the temperature.
std::string RequestSha256(const JudgeRequest& request);

}  // namespace tessera
