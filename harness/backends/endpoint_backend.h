// Asks a model behind an OpenAI-compatible server.
#pragma once

#include <tbb/concurrent_queue.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "harness/http/chat_client.h"
#include "harness/http/request_limiter.h"
#include "model/api/backend.h"

namespace tessera {

struct EndpointSettings {
  std::string url;       // the server's base, "http://host:port/v1"
  std::string model;     // as the server names it
  std::string key_env;   // the environment variable that holds the key
  std::string key_file;  // or the file that does
  int concurrency = 8;   // requests under way at the same time; fewer while the server throttles (status 429)
  HttpSettings http;     // `limiter` is set by the backend
  SpendingSettings spending;
};

/// Sends each query as ChatMessages writes it, greedy (temperature 0), with the token limit of its prompt. The minimum
/// of new tokens is not sent: the protocol has none. Times are the server's own and not known.
class EndpointBackend : public Backend {
 public:
  /// Asks the server for a few tokens, so that a wrong address, key or model is found before the run. Throws kUsage and
  /// kInput as HttpClient and ReadKey do, kUsage for a URL with a query, kEnvironment when the server does not answer,
  /// or answers as another model than the one asked for.
  explicit EndpointBackend(const EndpointSettings& settings);
  ~EndpointBackend() override;

  BackendInfo Info() const override;

  /// Callable from several threads. A request that fails, a spending limit that is reached, and beam search are
  /// Failures. Throws kEnvironment when the server answers as another model.
  void Generate(std::span<const Query> batch, const Deliver& deliver) override;

 private:
  Outcome Ask(const Query& query);
  void CheckServer();
  void CheckModel(const ChatReply& reply) const;

  std::string url_;
  std::string model_;
  int concurrency_;
  RequestLimiter limiter_;
  ChatClient chat_;
  tbb::concurrent_bounded_queue<std::function<void()>> tasks_;  // an empty task ends a worker
  std::vector<std::jthread> workers_;                           // one per request that may be under way
};

}  // namespace tessera
